import { describeFunctions } from '../support/suites/functions-suite.ts';
import { startWorkers } from './functions-server.ts';

describeFunctions('Workers', startWorkers);
