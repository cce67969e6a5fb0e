import type { Suite } from './suite.js';

export const suites: readonly Suite[] = [
  {
    title: 'bags are read by key and path',
    cases: [
      ['dynamic({"a": {"b": [10, 20]}}).a.b[-1]', 20],
      ['dynamic({"a": 1}).A', null],
      ['dynamic([1, 2])[5]', null],
      ['dynamic({"0": 5})["0"]', 5],
      ['bag_has_key(dynamic({"a": {"b": 1}}), "$.a.b")', true],
      ['bag_has_key(dynamic({"a": null}), "a")', true],
      ['bag_has_key(dynamic([1]), "a")', false],
      ['bag_keys(dynamic({"b": 1, "a": {"c": 2}}))', ['b', 'a']],
      ['bag_keys(dynamic([1]))', null],
      ['treepath(dynamic({"a": [1, {"b": 2}]}))', ["['a']", "['a'][0]", "['a'][0]['b']"]],
      ['dynamic_to_json(dynamic({"b": 1, "a": [2.0, "x"]}))', '{"a":[2.0,"x"],"b":1}'],
      ['dynamic_to_json(5)', '5'],
      ['print a = 1, b = "abc", c = 1d | project estimate_data_size(a, b, c)', [[19]]],
    ],
  },
  {
    title: 'bags are made and changed',
    cases: [
      ['bag_pack("a", 1, "b", int(null), "a", 2)', { a: 2, b: null }],
      ['bag_pack("t", 1h, "d", decimal(1.5), "e", "")', { t: '01:00:00', d: '1.5', e: '' }],
      ['bag_merge(dynamic({"a": 1}), dynamic(null), dynamic({"a": 2, "b": 3}))', { a: 1, b: 3 }],
      ['bag_merge(dynamic(null), dynamic(null))', null],
      ['bag_remove_keys(dynamic({"a": 1, "b": {"c": 2, "d": 3}}), dynamic(["a", "$.b.c", "x"]))', { b: { d: 3 } }],
      ['bag_set_key(dynamic({"a": 1}), "$.b.c", 2)', { a: 1, b: { c: 2 } }],
      ['bag_set_key(dynamic([1]), "b", 2)', null],
      ['bag_zip(dynamic(["a", 8, "b"]), dynamic([1, 2]))', { a: 1, b: null }],
      ['bag_zip(dynamic("a"), dynamic([1]))', null],
      ['print a = 1, b = "" | project pack_all(), pack_all(true)', [[{ a: 1, b: '' }, { a: 1 }]]],
      ['print a = 1, b = "" | project bag_pack_columns(b, a)', [[{ b: '', a: 1 }]]],
    ],
  },
];
