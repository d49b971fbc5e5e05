// Walks through everything a person can do, in the order of the user's guide. Usage: node walk.mjs all|short|wheels OUT
// `wheels` installs the server from the folder of wheels E2E_WHEELS, by the button. E2E_TOPICS takes the topics that match only,
// E2E_ONLY the steps; a topic that begins with a session of its own stands alone.
import path from 'node:path';

import { Walk } from './walker.mjs';

const TOPICS = ['first', 'entries', 'keeping', 'steps', 'plan', 'prompt', 'models', 'chat', 'assistant', 'store', 'start', 'leave', 'practice', 'ghost', 'slow', 'korean', 'missing', 'wheels'];

const walk = await Walk.begin(process.argv[2] ?? 'all', path.resolve(process.argv[3]));
try {
  for (const topic of TOPICS) {
    if (process.env.E2E_TOPICS && !new RegExp(process.env.E2E_TOPICS).test(topic)) continue;
    await (await import(`./steps/${topic}.mjs`)).default(walk);
  }
} finally {
  await walk.end();
}
process.exit(walk.steps.conclude(path.join(walk.out, 'shots')));
