/** One process of `many`: runs the seeds it is given and sends their outcomes to its parent. */
import type { Outcome } from '../../test/simulation/run.ts';
import { WORLDS, type WorldName } from '../../test/simulation/worlds.ts';

const [world, ...numbers] = process.argv.slice(2);
const [from = 1, count = 0] = numbers.map(Number);
const outcomes: Outcome[] = [];
for (let seed = from; seed < from + count; seed++) outcomes.push(await WORLDS[world as WorldName].run(seed));
// Whatever a simulated process still waits for will never come.
process.send?.(outcomes, () => process.exit());
