// Servers on loopback that stand for others', and Pythons that are not as they should be. Knows nothing of the workbench.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { REPOSITORY } from './workbench.mjs';

const PYTHON = path.join(REPOSITORY, '.venv/bin/python');

async function listening(handler, host) {
  const server = http.createServer(handler);
  await new Promise((resolve) => server.listen(0, host, resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://${host}:${server.address().port}`, stop };
}

/** An environment with a server of another version, or with none. Gives its Python. */
export function bareEnvironment(folder, version) {
  execFileSync(PYTHON, ['-m', 'venv', '--without-pip', folder]);
  if (version) {
    const module = path.join(sitePackages(folder), 'planfirst');
    fs.mkdirSync(module);
    fs.writeFileSync(path.join(module, '__init__.py'), `__version__ = "${version}"\n`);
  }
  return path.join(folder, 'bin/python');
}

/** An environment with the server as the extension carries it, which knows one model more. Gives its Python. */
export function environmentThatKnows(folder, model) {
  const python = bareEnvironment(folder);
  const site = sitePackages(folder);
  const dist = path.join(REPOSITORY, 'client-vscode/dist');
  const wheel = fs.readdirSync(dist).find((name) => name.endsWith('.whl'));
  execFileSync(PYTHON, ['-m', 'zipfile', '-e', path.join(dist, wheel), site]);
  // What the server needs is taken from the environment that there is; its own package comes first on the path.
  fs.writeFileSync(path.join(site, 'others.pth'), `import site; site.addsitedir(${JSON.stringify(sitePackages(path.join(REPOSITORY, '.venv')))})\n`);
  const rows = Object.entries({ repository: 'warehouse/models', licence: 'Apache-2.0', context: 2048, roles: ['planner', 'generator'], profile: 'instruct', summary: 'To practise with.', ...model });
  const entry = rows.map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');
  fs.appendFileSync(path.join(site, 'planfirst/models/manifest.toml'), `\n[[model]]\n${entry}`);
  return python;
}

function sitePackages(environment) {
  const [version] = fs.readdirSync(path.join(environment, 'lib')).filter((name) => name.startsWith('python3'));
  return path.join(environment, 'lib', version, 'site-packages');
}

/**
 * A hub that offers one file. Its first answer stops half-way and leaves the client waiting; the others begin where they
 * are asked to, and give all. `begins` has where each of them began.
 */
export async function hub(file) {
  const size = fs.statSync(file).size;
  const tag = createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  const begins = [];
  const server = await listening((request, answer) => {
    const range = /^bytes=(\d+)-/.exec(request.headers.range ?? '');
    const start = Number(range?.[1] ?? 0);
    answer.writeHead(range ? 206 : 200, {
      'X-Repo-Commit': '0'.repeat(40),
      ETag: `"${tag}"`,
      'Content-Length': size - start,
      ...(range ? { 'Content-Range': `bytes ${start}-${size - 1}/${size}` } : {}),
    });
    if (request.method === 'HEAD') return answer.end();
    begins.push(start);
    return begins.length === 1 ? fs.createReadStream(file, { end: size / 2 }).pipe(answer, { end: false }) : fs.createReadStream(file, { start }).pipe(answer);
  }, '127.0.0.1');
  return { ...server, begins };
}

/** An OpenAI-compatible server that always writes the same; `keys` has the key of each request. */
export async function completions() {
  const keys = [];
  const server = await listening((request, answer) => {
    keys.push(request.headers.authorization ?? '');
    request.resume().on('end', () => {
      answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (const content of ['def stock():', '\n    return', ' []\n']) answer.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
      answer.end('data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n');
    });
  }, '127.0.0.2'); // loopback, and not among the hosts that are allowed from the start
  return { ...server, keys };
}

/** An OpenAI-compatible server that writes what it is told to, when it is told to. */
export async function writer() {
  let current; // the answer that is being written
  const say = (answer, content) => answer.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
  const end = (answer) => answer.end('data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n');
  const server = await listening((request, answer) => {
    let body = '';
    request.on('data', (piece) => (body += piece)).on('end', () => {
      answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
      if (!body.includes('capital of France')) return void (current = answer); // whether it goes on with answers that are begun
      say(answer, 'Lyon');
      end(answer);
    });
  }, '127.0.0.1');
  return {
    ...server,
    /** Forgets the last answer, so that the next one can be awaited. */
    forget: () => (current = undefined),
    isAsked: () => current !== undefined,
    isLeft: () => current?.destroyed === true,
    write: (text) => say(current, text),
    end: () => end(current),
  };
}
