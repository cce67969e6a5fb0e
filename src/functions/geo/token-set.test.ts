import { expect, test } from 'vitest';
import { tokenSet } from './token-set.js';

test('tokens come in the order of the hash table of libstdc++, each once', () => {
  // What GCC 12 walks through after reserve(40) and 40 insertions.
  const tokens = Array.from({ length: 40 }, (_, i) => `t${i * i}`);
  const walked =
    't1521 t1369 t1156 t1024 t900 t1444 t1089 t841 t1225 t729 t529 t1296 t676 t361 t625 t225 t289 t196 t169 t144 t121 t324 ' +
    't100 t576 t64 t256 t81 t49 t36 t441 t25 t16 t961 t784 t400 t9 t484 t4 t1 t0';
  expect(tokenSet(tokens)).toEqual(walked.split(' '));
  expect(tokenSet(['a', 'a'])).toEqual(['a']);
  expect(tokenSet([])).toEqual([]);
});
