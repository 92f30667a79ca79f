/** One process of `many`: runs the seeds it is given and sends their outcomes to its parent. */
import { run, type Outcome } from '../../test/simulation/run.ts';

const [from = 1, count = 0] = process.argv.slice(2).map(Number);
const outcomes: Outcome[] = [];
for (let seed = from; seed < from + count; seed++) outcomes.push(await run(seed));
// Whatever a simulated process still waits for will never come.
process.send?.(outcomes, () => process.exit());
