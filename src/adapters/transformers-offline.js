/** Imported by every worker: downloads happen on the main thread, with limits and progress, so nothing here may fetch. */
import { env, LogLevel } from '@xenova/transformers';

env.allowRemoteModels = false;
env.useFSCache = false;
env.logLevel = LogLevel.ERROR;
env.fetch = (input) => Promise.reject(new Error(`refused to fetch ${input} from a worker`));
