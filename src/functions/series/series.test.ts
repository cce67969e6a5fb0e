import { describe, expect, it } from 'vitest';
import type { KustoType, KustoValue } from '../../values/index.js';
import { SERIES_FUNCTIONS } from './index.js';
import { transform } from './fourier.js';

function run(name: string, ...args: readonly (KustoValue | undefined)[]): unknown {
  const definition = SERIES_FUNCTIONS.find((candidate) => candidate.name === name)!;
  const argumentTypes = args.map((arg): KustoType => {
    if (typeof arg === 'bigint') return 'long';
    if (typeof arg === 'number') return 'real';
    if (typeof arg === 'boolean') return 'bool';
    return typeof arg === 'string' && !/^[[{]/.test(arg) ? 'string' : 'dynamic';
  });
  return definition.evaluate(args as KustoValue[], { argumentTypes, type: 'dynamic' });
}

const numbers = (text: unknown): number[] => JSON.parse(text as string) as number[];

describe('element-wise functions', () => {
  it('keep whole numbers whole, wrap as long does, and turn mixed arrays into reals', () => {
    expect(run('series_add', '[1,2]', '[10,20]')).toBe('[11,22]');
    expect(run('series_add', '[1,2]', '[0.5,20]')).toBe('[1.5,22.0]');
    expect(run('series_add', '[9223372036854775807]', '[1]')).toBe('[-9223372036854775808]');
    expect(run('series_abs', '[-1,2.5]')).toBe('[1.0,2.5]');
  });
  it('give null where an element is missing or no number', () => {
    expect(run('series_add', '[1,"2",3,4]', '[1,1,1]')).toBe('[2,null,4,null]');
    expect(run('series_less', '[1,null]', '[2,2]')).toBe('[true,null]');
    expect(run('series_add', '{"a":1}', '[1]')).toBeNull();
  });
  it('divide as reals, also by zero', () => {
    expect(run('series_divide', '[1,-1,0]', '[0,0,0]')).toBe('["Infinity","-Infinity","NaN"]');
    expect(run('series_divide', '[4]', '[2]')).toBe('[2.0]');
  });
  it('take a number for a series of it', () => {
    expect(run('series_greater', '[10,20]', 15n)).toBe('[false,true]');
    expect(run('series_subtract', 1n, '[1,2]')).toBe('[0,-1]');
  });
});

describe('statistics', () => {
  it('are null with a gap, unless gaps are ignored', () => {
    expect(run('series_stats', '[1,null,3]')).toBeNull();
    expect(numbers(run('series_stats', '[1,null,3]', true))).toEqual([1, 0, 3, 2, 2, Math.SQRT2, 2]);
  });
  it('do not correlate series of different length', () => {
    expect(run('series_pearson_correlation', '[1,2]', '[1,2,3]')).toBeNull();
    expect(run('series_pearson_correlation', '[1,2,4]', '[-1,-2,-4]')).toBeCloseTo(-1, 12);
  });
  it('cut the longer series of a dot product and take a number', () => {
    expect(run('series_dot_product', '[1,2,3]', '[1,1]')).toBe(3);
    expect(run('series_dot_product', '[1,2,3]', 10n)).toBe(60);
    expect(run('series_dot_product', '[]', '[1]')).toBeNull();
  });
});

describe('fills', () => {
  it('keep the gaps that nothing can fill', () => {
    expect(run('series_fill_forward', '[null,1,null]')).toBe('[null,1,1]');
    expect(run('series_fill_backward', '[null,1,null]')).toBe('[1,1,null]');
  });
  it('take a placeholder other than null', () => {
    expect(run('series_fill_forward', '[1,-1,null]', -1n)).toBe('[1,1,null]');
    expect(run('series_fill_const', '[1,0]', 7n, 0n)).toBe('[1,7]');
  });
  it('stay whole along a line of whole numbers, and stop at the edges when told', () => {
    expect(run('series_fill_linear', '[0,null,3]')).toBe('[0,1,3]');
    expect(run('series_fill_linear', '[null,0.0,null,3]', null, false)).toBe('[null,0.0,1.5,3.0]');
    expect(run('series_fill_linear', '[null,null]', null, true, null)).toBe('[null,null]');
  });
});

describe('filters', () => {
  it('normalize unless a coefficient is negative', () => {
    expect(numbers(run('series_fir', '[3,3,3]', '[1,1,1]'))).toEqual([1, 2, 3]);
    expect(numbers(run('series_fir', '[1,3,6]', '[1,-1]'))).toEqual([1, 2, 3]);
    expect(run('series_fir', '[1,3,6]', '[1,-1]', true)).toBeNull();
  });
  it('shift a centered filter by half of its length', () => {
    expect(numbers(run('series_fir', '[0,3,0]', '[1,1,1]', true, true))).toEqual([1, 1, 1]);
  });
  it('feed an output back', () => {
    expect(numbers(run('series_iir', '[1,2,3]', '[1]', '[1,-1]'))).toEqual([1, 3, 6]);
  });
});

describe('fits', () => {
  it('find the polynomial that made the values', () => {
    const x = Array.from({ length: 30 }, (_, i) => i / 3 - 4);
    const y = x.map((value) => 2 * value ** 3 - value + 5);
    const [rsquare, coefficients] = JSON.parse(
      run('series_fit_poly', JSON.stringify(y), JSON.stringify(x), 3n) as string,
    ) as [number, number[]];
    expect(rsquare).toBeCloseTo(1, 10);
    [2, 0, -1, 5].forEach((value, i) => expect(coefficients[i]).toBeCloseTo(value, 9));
  });
  it('split two lines where they bend', () => {
    const [rsquare, split] = numbers(run('series_fit_2lines', '[1,2,3,4,9,8,7,6]'));
    expect([rsquare, split]).toEqual([expect.closeTo(1, 12), 4]);
  });
  it('counts x from 1', () => {
    expect(JSON.parse(run('series_fit_line_dynamic', '[3,5,7]') as string)).toMatchObject({
      slope: 2,
      interception: 1,
    });
  });
});

describe('Fourier transform', () => {
  it.each([1, 8, 12, 17])('equals its definition for %i points', (n) => {
    const x = Array.from({ length: n }, (_, i) => Math.sin(i * i));
    const { re, im } = transform({ re: Float64Array.from(x), im: new Float64Array(n) }, -1);
    for (let k = 0; k < n; k++) {
      expect(re[k]).toBeCloseTo(
        x.reduce((s, v, i) => s + v * Math.cos((2 * Math.PI * i * k) / n), 0),
        10,
      );
      expect(im[k]).toBeCloseTo(
        x.reduce((s, v, i) => s - v * Math.sin((2 * Math.PI * i * k) / n), 0),
        10,
      );
    }
  });
});

describe('decomposition', () => {
  const season = [10, 12, 20, 14, 8];
  const series = Array.from({ length: 40 }, (_, i) => season[i % 5]!);
  const text = JSON.stringify(series);

  it('finds the season, and no period in noise-free constants', () => {
    expect(numbers(run('series_seasonal', text))).toEqual(series);
    expect(numbers(run('series_seasonal', '[1,1,1,1,1,1,1,1,1,1]'))).toEqual(new Array(10).fill(0));
    expect(JSON.parse(run('series_periods_detect', text, 4, 20, 2n) as string)).toEqual([
      [5, 0],
      [expect.closeTo(1), 0],
    ]);
  });
  it('scores a period that is none with 0', () => {
    expect(JSON.parse(run('series_periods_validate', text, 5, 7) as string)).toEqual([
      [5, 7],
      [expect.closeTo(1), 0],
    ]);
  });
  it('forecasts from the learned points alone', () => {
    const holed = JSON.stringify([...series.slice(0, 35), 0, 0, 0, 0, 0]);
    const [forecast] = JSON.parse(run('series_decompose_forecast', holed, 5n) as string) as number[][];
    expect(forecast!.slice(35)).toEqual(season);
  });
  it('flags a spike', () => {
    const noisy = series.map((value, i) => value + Math.sin(i * 12.9) + (i === 17 ? 30 : 0));
    const [flags] = JSON.parse(
      run('series_decompose_anomalies', JSON.stringify(noisy), 1.5, 5n) as string,
    ) as number[][];
    expect(flags!.flatMap((flag, i) => (flag === 0 ? [] : [[i, flag]]))).toEqual([[17, 1]]);
  });
  it('refuses an unknown trend', () => {
    expect(() => run('series_decompose', text, -1n, 'parabola')).toThrow(/parabola/);
  });
});
