// Verifies what the adapters sign with the library that partners in JavaScript use, also while secrets change.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const samples = JSON.parse(readFileSync(0, "utf8"));

function verified({ secret, body, headers }) {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

const wrong = samples.filter((sample) => verified(sample) !== sample.good);
const good = samples.filter((sample) => sample.good).length;
console.log(
  `standardwebhooks 1.1.1: ${samples.length - wrong.length} of ${samples.length} judged rightly, ${good} of them good`,
);
process.exit(wrong.length === 0 && good > 0 && good < samples.length ? 0 : 1);
