import { describe, expect, it } from 'vitest';
import { isSectionName, normaliseHeading, roleOf } from './sections.ts';

describe('what a section is for', () => {
  it.each([
    ['Meaning', 'meaning'],
    ['IMPACT:', 'impact'],
    ['3. Diagnosis', 'diagnosis'],
    ['🔥 Mitigation', 'mitigation'],
    ['Mitigation steps', 'mitigation'],
    ['How to fix it', 'mitigation'],
    ['Description', 'meaning'],
    ['Impact on customers', 'impact'],
    ['Root Cause(s)', 'root-cause'],
    ['Possible causes', 'diagnosis'],
    ['Rollback plan', 'rollback'],
    ['References', 'other'],
    ['Colours of the sky', 'other'],
  ])('a runbook’s "%s" is %s', (heading, role) => {
    expect(roleOf([heading], 'runbook')).toBe(role);
  });

  it.each([
    ['Description', 'summary'],
    ['What happened?', 'summary'],
    ['Contributing Factors (Findings)', 'root-cause'],
    ['Five Whys', 'root-cause'],
    ['5 Whys', 'root-cause'],
    ['Why did it happen?', 'root-cause'],
    ['Trigger', 'trigger'],
    ['Detection', 'detection'],
    ['How was it resolved?', 'mitigation'],
    ['Timeline (all times in UTC)', 'timeline'],
    ['Incident timeline', 'timeline'],
    ['Corrective actions', 'follow-up'],
    ['What went well', 'follow-up'],
    ['Lessons Learned', 'follow-up'],
    ['Attendees', 'other'],
  ])('a postmortem’s "%s" is %s', (heading, role) => {
    expect(roleOf([heading], 'incident')).toBe(role);
  });

  it('a heading of no known name belongs to the section above it', () => {
    expect(roleOf(['Mitigation', 'The disk is full'], 'runbook')).toBe('mitigation');
    expect(roleOf(['Mitigation', 'Check the timeline of events'], 'runbook')).toBe('mitigation');
  });

  it('a known name inside another section is what it says', () => {
    expect(roleOf(['Mitigation', 'Rollback'], 'runbook')).toBe('rollback');
    expect(roleOf(['Mitigation', 'References'], 'runbook')).toBe('other');
    expect(roleOf(['Postmortem', 'Impact'], 'incident')).toBe('impact');
  });

  it('to roll something back is a mitigation like any other', () => {
    expect(roleOf(['Mitigation', 'Roll back the release'], 'runbook')).toBe('mitigation');
  });

  it('a sentence that happens to hold such a word is no section name', () => {
    expect(roleOf(['Why the impact of this alert is larger than one thinks at first'], 'runbook')).toBe('other');
    expect(isSectionName('Impact of the sale on stock')).toBe(false);
  });

  it('headings are compared without numbers, marks and brackets', () => {
    expect(normaliseHeading('### 2.1 Root Cause(s) (draft):')).toBe('root causes');
    expect(normaliseHeading('Step 2: Check logs')).toBe('check logs');
    expect(normaliseHeading('What’s next')).toBe('whats next');
  });

  it('a heading of nothing but brackets takes no time', () => {
    const started = performance.now();
    expect(normaliseHeading('('.repeat(200_000))).toBe('');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
