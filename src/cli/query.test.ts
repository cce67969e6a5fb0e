import { describe, expect, it } from 'vitest';
import { tableText } from './query.js';

describe('tableText', () => {
  const header = ['id', 'text', 'more'];
  const rows = [
    ['1', 'x'.repeat(200), 'y'.repeat(50)],
    ['2', 'short', ''],
  ];
  const lineWidths = (text: string) => text.split('\n').map((line) => line.length);

  it('fits the terminal by taking from the widest columns only', () => {
    for (const width of [40, 80, 120, 200]) {
      const text = tableText(header, rows, width);
      expect(Math.max(...lineWidths(text))).toBeLessThanOrEqual(width);
      expect(text).toContain('│ 1  │');
    }
  });

  it('cuts nothing when the output goes elsewhere', () => {
    expect(tableText(header, rows)).toContain('x'.repeat(200));
  });

  it('stays a table when there are more columns than room', () => {
    const many = Array.from({ length: 30 }, (_, i) => `c${i}`);
    expect(tableText(many, [many], 40)).toContain('c29');
  });
});
