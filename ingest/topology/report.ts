/** Tells a mistake of a file, which is read on past it. `line` is 1-based. */
export type Report = (line: number, message: string) => void;

/** A file of a hundred thousand bad rows needs one page of problems, not a hundred thousand. */
const MAX_PROBLEMS = 20;

/** Runs `read` with a bounded report: what is beyond the bound is counted, and told as one more problem. */
export function reportingBounded<T>(report: Report, read: (report: Report) => T): T {
  let count = 0;
  let lastLine = 1;
  const result = read((line, message) => {
    count++;
    lastLine = line;
    if (count <= MAX_PROBLEMS) report(line, message);
  });
  if (count > MAX_PROBLEMS) report(lastLine, `${count - MAX_PROBLEMS} more mistakes of this kind are not listed`);
  return result;
}
