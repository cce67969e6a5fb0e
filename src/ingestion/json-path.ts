import { KustoError } from '../errors/index.js';

/** Steps of a JSONPath as mappings use it: `$`, `$.a.b[0]`, `$['a b']`, `$.['a b']`. */
export function parseJsonPath(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  const step = /\.?\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\.?\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\.?\[(\d+)\]|\.([^.[\]]+)/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!path.startsWith('$') || !match)
      throw new KustoError(
        'BadRequest_InvalidMapping',
        `'${path}' is not a path. Write it as $.name, $['name'] or $.name[0].`,
      );
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'));
    else if (match[3] !== undefined) steps.push(Number(match[3]));
    else steps.push(match[4]!);
  }
  return steps;
}
