/**
 * Some of the reference's functions answer with a set of tokens, in the order in which its hash table walks them: that of
 * a C++ unordered_set of strings as libstdc++ builds it, with room for all of them reserved.
 */
export function tokenSet(tokens: readonly string[]): string[] {
  const buckets = bucketCount(tokens.length);
  const groups = new Map<number, string[]>();
  for (const token of new Set(tokens)) {
    const bucket = Number(hash(token) % BigInt(buckets));
    const group = groups.get(bucket);
    if (group) group.push(token);
    else groups.set(bucket, [token]);
  }
  // A new bucket becomes the first, a new token the first of its bucket.
  return [...groups.values()].reverse().flatMap((group) => group.reverse());
}

/** Table sizes of libstdc++: the smallest that is not less than the count. */
const SIZES = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 103, 109, 113, 127,
  137, 139, 149, 157, 167, 179, 193, 199, 211, 227, 241, 257, 277, 293, 313, 337, 359, 383, 409, 439, 467, 503, 541,
  577, 619, 661, 709, 761, 823, 887, 953, 1031, 1109, 1193, 1289, 1381, 1493, 1613, 1741, 1879, 2029, 2179, 2357, 2549,
  2753, 2971, 3209, 3469, 3739, 4027, 4349, 4703, 5087, 5503, 5953, 6427, 6949, 7517, 8123, 8783, 9497, 10273, 11113,
  12011, 12983, 14033, 15173, 16411, 17749, 19183, 20753, 22447, 24281, 26267, 28411, 30727, 33223, 35933, 38873, 42043,
  45481, 49201, 53201, 57557, 62233, 67307,
];

function bucketCount(count: number): number {
  return SIZES.find((size) => size >= count) ?? SIZES.at(-1)!;
}

const MULTIPLIER = 0xc6a4a7935bd1e995n;
const SEED = 0xc70f6907n;

const product = (a: bigint): bigint => BigInt.asUintN(64, a * MULTIPLIER);

const mixed = (a: bigint): bigint => a ^ (a >> 47n);

/** MurmurHash64A, the hash of strings in libstdc++. Tokens are ASCII. */
function hash(token: string): bigint {
  const bytes = Buffer.from(token, 'latin1');
  const whole = bytes.length & ~7;
  let result = SEED ^ product(BigInt(bytes.length));
  for (let at = 0; at < whole; at += 8) {
    result = product(result ^ product(mixed(product(bytes.readBigUInt64LE(at)))));
  }
  if (whole < bytes.length) {
    let rest = 0n;
    for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8n) | BigInt(bytes[at]!);
    result = product(result ^ rest);
  }
  return mixed(product(mixed(result)));
}
