// `npm run demo` and `npm start`: sets up what is missing, then becomes the command.
import { setUp } from './setup.js';

setUp();
process.argv.splice(1, 1, new URL('../bin/precedent.js', import.meta.url).pathname);
await import('../bin/precedent.js');
