/** Sentences that each show a part of the grammar; docs/noise.md has all of it. */
export const GRAMMAR_EXAMPLES = [
  'when the alert is CpuThrottled and the namespace is one of staging, dev then filter it out',
  'when the alert is QueueLong and (the service is report-mailer or the label tier is batch) unless the severity is critical then filter it out',
  'when the alert starts with Backup and the annotation summary contains "still running" between 01:00 and 04:30 UTC until 2027-06-30 then filter it out',
] as const;

/** The grammar as somebody needs it who writes one sentence. */
export const GRAMMAR_IN_SHORT = `rule: when CONDITION [unless CONDITION] [between HH:MM and HH:MM UTC] [until YYYY-MM-DD] then filter it out
CONDITION: TEST, or several joined by "and", or several joined by "or"; to mix the two, put brackets ( ) around one of them
TEST: the SUBJECT VERB
SUBJECT: alert (its name), severity, namespace, service, sender, label NAME, annotation NAME
VERB: is VALUE | is not VALUE | is one of VALUE, VALUE | is none of VALUE, VALUE | contains VALUE | starts with VALUE | ends with VALUE | is missing | is present
VALUE: one word, or several in "double quotes"; capitals make no difference
A rule says what the alert, the severity, the namespace, the service, a label or an annotation is; a severity that wakes people (critical, page …) is only hidden where the rule names it.`;
