// Headless Chromium, which draws in software and asks nobody on the network.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const HERE = path.dirname(new URL(import.meta.url).pathname);
const { chromium } = createRequire(path.resolve(HERE, '../../.e2e/package.json'))('playwright-core');

export const launch = () =>
  chromium.launch({
    executablePath: [process.env.E2E_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => file && fs.existsSync(file)),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
