const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** The first day that a text names, as an ISO date: `2026-03-01T10:00Z`, `1 March 2026`, `Mar 1st, 2026`. */
export function findDate(text: string): string | undefined {
  const iso = /(?<!\d)(\d{4})[-/._](\d{1,2})[-/._](\d{1,2})(?!\d)/.exec(text);
  if (iso) return toIsoDate(iso[1], Number(iso[2]), iso[3]);
  const dayFirst = /\b(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3})[a-z]*\.?,? (\d{4})\b/.exec(text);
  if (dayFirst) return toIsoDate(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1]);
  const monthFirst = /\b([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b/.exec(text);
  return monthFirst ? toIsoDate(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]) : undefined;
}

function monthOf(name = ''): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}

/** Undefined for days that no calendar has. */
function toIsoDate(year: string | undefined, month: number, day: string | undefined): string | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}
