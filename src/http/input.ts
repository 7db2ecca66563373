export { inputInvalid, parseInput } from '../domain/parse-input.ts';
