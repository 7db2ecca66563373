#!/bin/sh
# Posts generic.json as any tool of yours would: GENERIC_SECRET is the one that precedent.yaml names.
exec curl --fail-with-body --silent --show-error \
  --header 'Content-Type: application/json' \
  --header "X-Precedent-Secret: ${GENERIC_SECRET:?set it to the secret of the sender}" \
  --data-binary @"$(dirname "$0")/generic.json" \
  "${PRECEDENT_URL:-https://precedent.example.com}/v1/intake/generic"
