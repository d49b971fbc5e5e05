// Walks through everything a person can do, in the order of the user's guide. Usage: node walk.mjs all|short|wheels OUT
// `wheels` installs the server from the folder of wheels E2E_WHEELS, by the button. E2E_TOPICS takes the topics that match only,
// E2E_ONLY the steps; a topic that begins with a session of its own stands alone.
import path from 'node:path';

import { Walk } from './walker.mjs';

const TOPICS = ['first', 'entries', 'keeping', 'plan', 'prompt', 'models', 'chat', 'assistant', 'store', 'start', 'leave', 'practice', 'ghost', 'slow', 'korean', 'missing', 'wheels'];
const ASKED = ['assistant']; // only where E2E_TOPICS asks for them: with its own chat on, the editor can hold extensions up for minutes

const walk = await Walk.begin(process.argv[2] ?? 'all', path.resolve(process.argv[3]));
try {
  for (const topic of TOPICS) {
    if (ASKED.includes(topic) && !process.env.E2E_TOPICS) continue;
    if (process.env.E2E_TOPICS && !new RegExp(process.env.E2E_TOPICS).test(topic)) continue;
    await (await import(`./steps/${topic}.mjs`)).default(walk);
  }
} finally {
  await walk.end();
}
const { results, out } = walk;
const failed = results.filter((result) => !result.ok);
console.log(`${results.length - failed.length} of ${results.length} steps passed; screenshots are in ${path.relative(process.cwd(), path.join(out, 'shots'))}`);
process.exit(failed.length > 0 || results.length === 0 ? 1 : 0);
