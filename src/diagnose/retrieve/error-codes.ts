/**
 * What programs call their failures: `E42`, `ORA-00942`, `HTTP_503`, `0x80070005`, `SQLSTATE 40001`, and the system's own
 * (`ECONNREFUSED`, `ENOSPC`). Whoever quotes one looks for just that.
 */
const ERROR_CODE =
  /\b(?:[A-Z][A-Z0-9]{0,9}[-_]?\d{2,7}|SQLSTATE[ [:]{1,2}[0-9A-Z]{5}|0x[0-9a-fA-F]{4,16}|E(?:CONN|HOST|NET|ADDR|NO|DEAD|PROTO)[A-Z]{2,12}|E(?:TIMEDOUT|PIPE|MFILE|NFILE|ACCES|PERM|AGAIN|IO|ROFS|DQUOT|STALE|BUSY|FBIG|INTR|INVAL|EXIST|AI_AGAIN))\b/g;

/** Percentiles and priorities look like codes and say nothing of a failure. */
const NO_ERROR_CODE = /^(?:P\d{2,3}|P[0-4]|UTF[-_]?\d+|SHA[-_]?\d+|RFC[-_]?\d+|ISO[-_]?\d+)$/;

/** Every error code that a text quotes, once each, in one spelling. */
export function listErrorCodes(text: string): string[] {
  const found = (text.match(ERROR_CODE) ?? []).filter((code) => !NO_ERROR_CODE.test(code));
  return [...new Set(found.map((code) => code.toLowerCase().replace(/[-_ [:]+/g, '-')))];
}
