// Opens what the sandbox seals with Node's own crypto and JavaScript's lz-string: an independent path.
import { createDecipheriv, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import LZString from "lz-string";

const { consid, secret, samples } = JSON.parse(readFileSync(0, "utf8"));

function opened({ timestamp, sealed }) {
  const key = createHash("sha256").update(consid + secret + timestamp).digest();
  const decipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, 16));
  const lz = decipher.update(sealed, "base64", "utf8") + decipher.final("utf8");
  return LZString.decompressFromEncodedURIComponent(lz);
}

const wrong = samples.filter(
  (sample) =>
    opened(sample) !== sample.text || LZString.compressToEncodedURIComponent(sample.text) !== sample.lz,
);
console.log(`lz-string 1.5.0: ${samples.length - wrong.length} of ${samples.length} sealed texts opened and equal`);
process.exit(wrong.length === 0 && samples.length > 0 ? 0 : 1);
