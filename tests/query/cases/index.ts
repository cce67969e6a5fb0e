import { suites as arrays } from './arrays.js';
import { suites as bags } from './bags.js';
import { suites as conversions } from './conversions.js';
import { suites as datetimes } from './datetimes.js';
import { suites as encodings } from './encodings.js';
import { suites as found } from './found.js';
import { suites as geo } from './geo.js';
import { suites as ips } from './ips.js';
import { suites as logic } from './logic.js';
import { suites as mathematics } from './mathematics.js';
import { suites as parsing } from './parsing.js';
import { suites as regexes } from './regexes.js';
import { suites as rows } from './rows.js';
import { suites as series } from './series.js';
import { suites as strings } from './strings.js';
import type { Suite } from './suite.js';
import { suites as terms } from './terms.js';

export { isQuery } from './suite.js';

/** Every suite of scalar cases. A new family is a file beside this one, and a line here. */
export const SUITES: readonly Suite[] = [
  ...strings,
  ...terms,
  ...regexes,
  ...parsing,
  ...encodings,
  ...ips,
  ...conversions,
  ...logic,
  ...datetimes,
  ...mathematics,
  ...arrays,
  ...bags,
  ...series,
  ...geo,
  ...rows,
  ...found,
];
