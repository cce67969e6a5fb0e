import type { Command } from '../framework/index.js';
import { executeDatabaseScript } from './script.js';
import { cancelOperation, showOperationDetails, showOperations } from './show.js';

export const OPERATION_COMMANDS: readonly Command[] = [
  showOperationDetails,
  showOperations,
  cancelOperation,
  executeDatabaseScript,
];
