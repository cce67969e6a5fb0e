import type { Suite } from './suite.js';

export const suites: readonly Suite[] = [
  {
    title: 'encodings come back as they were, or tell what they are not',
    cases: [
      ['base64_encode_tostring("é")', 'w6k='],
      ['base64_decode_tostring(base64_encode_tostring("κόσμε"))', 'κόσμε'],
      ['base64_decode_tostring("U3RyaW5n0KHR0tGA0L7Rh9C60LA=")', ''],
      ['base64_decode_toarray("S3U=")', [75, 117]],
      ['base64_decode_toarray("!")', null],
      ['base64_encode_fromarray(dynamic([75, 117]))', 'S3U='],
      ['base64_encode_fromarray(dynamic([256]))', ''],
      [
        'base64_decode_toguid(base64_encode_fromguid(toguid("ae3133f2-6e22-49ae-b06a-16e6a9b212eb")))',
        'ae3133f2-6e22-49ae-b06a-16e6a9b212eb',
      ],
      ['base64_encode_fromguid(guid(00000000-0000-0000-0000-000000000000))', 'AAAAAAAAAAAAAAAAAAAAAA=='],
      ['base64_decode_toguid("abcd")', null],
      [
        'gzip_decompress_from_base64_string(gzip_compress_to_base64_string("aaaaaaaaaaaaaaaaaaaaaaaa"))',
        'aaaaaaaaaaaaaaaaaaaaaaaa',
      ],
      ['gzip_decompress_from_base64_string("nonsense")', ''],
      ['zlib_decompress_from_base64_string(zlib_compress_to_base64_string("κόσμε"))', 'κόσμε'],
      ['zlib_decompress_from_base64_string("nonsense")', ''],
      ['url_encode("a b&c=ä~")', 'a+b%26c%3d%c3%a4%7e'],
      ['url_encode_component("a b&c=ä")', 'a%20b%26c%3d%c3%a4'],
      ['url_decode(url_encode_component("a b&c=ä"))', 'a b&c=ä'],
      ['url_decode("a+b%20c%zz")', 'a b c%zz'],
      ['punycode_from_string("bücher")', 'bcher-kva'],
      ['punycode_to_string("bcher-kva")', 'bücher'],
      ['punycode_domain_from_string("xn--bcher-kva.example")', 'bücher.example'],
      ['punycode_domain_to_string("bücher.example")', 'xn--bcher-kva.example'],
    ],
  },
  {
    title: 'encodings are hashed by their bytes, or by their text',
    cases: [
      ['hash("World")', 1846988464401551951n],
      ['hash("World", 100)', 51],
      ['hash(long(null))', null],
      ['hash(5) == hash(int(5))', false],
      ['hash_xxhash64("World")', 1846988464401551951n],
      ['hash_md5("")', 'd41d8cd98f00b204e9800998ecf8427e'],
      ['hash_md5(5) == hash_md5("5")', true],
      ['hash_sha1("a")', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
      ['hash_sha256(1.0) == hash_sha256("1.0")', true],
    ],
  },
];
