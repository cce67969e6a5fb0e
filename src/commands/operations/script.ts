import { randomUUID } from 'node:crypto';
import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import { data, defineCommand, obfuscate, opt, properties, schema, seq, splitScript } from '../framework/index.js';

const SCRIPT = schema('OperationId: guid, CommandType: string, CommandText: string, Result: string, Reason: string');

/** Each command needs its own permission as well. Not one transaction: what was done before an error stays. */
export const executeDatabaseScript = defineCommand({
  name: 'ExecuteDatabaseScript',
  grammar: seq(
    'execute',
    opt('database'),
    'script',
    properties({ ContinueOnErrors: 'bool', ThrowOnErrors: 'bool' }),
    data('script'),
  ),
  permission: 'DatabaseAdmin',
  result: SCRIPT,
  async run({ script, properties: { ContinueOnErrors = false, ThrowOnErrors = false } }, context) {
    if (ContinueOnErrors && ThrowOnErrors) {
      throw new KustoError(
        'BadRequest_InvalidPropertyValue',
        'ContinueOnErrors and ThrowOnErrors exclude each other. Give one of them.',
      );
    }
    const rows: (readonly KustoValue[])[] = [];
    for (const { text, offset } of splitScript(script.text)) {
      const shown = obfuscate(text);
      const id = randomUUID();
      const type = context.commandType(text);
      if (/^\.\s*(show|execute)\b/i.test(text)) {
        rows.push([id, type, shown, 'Skipped', 'Commands that only show, and scripts, are not run in a script.']);
        continue;
      }
      try {
        await context.runCommand(text, script.offset + offset);
        rows.push([id, type, shown, 'Completed', '']);
      } catch (error) {
        if (ThrowOnErrors || !(error instanceof KustoError)) throw error;
        rows.push([id, type, shown, 'Failed', error.message]);
        if (!ContinueOnErrors) break;
      }
    }
    return rows;
  },
});
