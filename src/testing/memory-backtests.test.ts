import { describeBacktestStore } from '../adapters/backtest-store.contract.ts';
import { createMemoryBacktests } from './memory-backtests.ts';

describeBacktestStore('memory', async () => createMemoryBacktests());
