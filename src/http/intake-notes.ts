import type { SchemaNotes } from './schema-notes.ts';

/** What a sender of alerts is answered, in words. */
export const INTAKE_NOTES: Readonly<Record<string, SchemaNotes>> = {
  IntakeAnswer: {
    self: 'What came of one delivery. It is kept by now, whatever happens to this process.',
    status:
      '`accepted`: something new is looked into; `duplicate`: all of it was known; `resolved`: something is over; ' +
      '`filtered`: a noise rule says that nobody need be told; `ignored`: nothing in it begins or ends an alert.',
    groups: 'One entry for each group of alerts in it.',
    'groups[].groupKey': "The sender's key of what belongs together, or one made from what the alerts say.",
    'groups[].outcome':
      '`new`: an occurrence begins; `joined`: one goes on with more alerts; `unknown`: over before anybody told of it.',
    'groups[].occurrence': 'The occurrence that it is part of.',
    'groups[].location': 'Where its diagnosis is, or will be.',
    why: 'Why it was ignored.',
    note: 'What whoever set the sender up should know, such as alerts that it left out.',
  },
};
