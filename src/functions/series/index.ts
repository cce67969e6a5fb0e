import type { ScalarFunction } from '../scalar-function.js';
import { DECOMPOSE_FUNCTIONS } from './decompose.js';
import { ELEMENT_WISE_FUNCTIONS } from './element-wise.js';
import { FILL_FUNCTIONS } from './fill.js';
import { FILTER_FUNCTIONS } from './filters.js';
import { FOURIER_FUNCTIONS } from './fourier.js';
import { LINE_FIT_FUNCTIONS } from './line-fit.js';
import { OUTLIER_FUNCTIONS } from './outliers.js';
import { PERIOD_FUNCTIONS } from './periods.js';
import { POLYNOMIAL_FIT_FUNCTIONS } from './polynomial-fit.js';
import { STATISTICS_FUNCTIONS } from './statistics.js';

/** Functions over series: dynamic arrays of numbers. */
export const SERIES_FUNCTIONS: readonly ScalarFunction[] = [
  ...ELEMENT_WISE_FUNCTIONS,
  ...STATISTICS_FUNCTIONS,
  ...FILL_FUNCTIONS,
  ...FILTER_FUNCTIONS,
  ...LINE_FIT_FUNCTIONS,
  ...POLYNOMIAL_FIT_FUNCTIONS,
  ...FOURIER_FUNCTIONS,
  ...OUTLIER_FUNCTIONS,
  ...PERIOD_FUNCTIONS,
  ...DECOMPOSE_FUNCTIONS,
];
