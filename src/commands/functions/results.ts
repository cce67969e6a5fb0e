import type { FunctionEntity } from '../../catalog/model.js';
import type { KustoValue } from '../../values/index.js';
import { schema } from '../framework/index.js';

export const FUNCTION = schema('Name: string, Parameters: string, Body: string, Folder: string, DocString: string');

export function functionRow(one: FunctionEntity): readonly KustoValue[] {
  return [one.name, one.parameters, one.body, one.folder, one.docString];
}
