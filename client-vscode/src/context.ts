import * as vscode from 'vscode';

import type { Server } from './server/server.js';
import type { Status } from './features/status.js';
import type { PlanMemory } from './features/planMemory.js';
import type { Runs } from './features/runs.js';

/** What every part of the extension needs; made once, in `activate`. */
export interface Context {
  readonly extension: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: Server;
  readonly status: Status;
  readonly runs: Runs;
  readonly memory: PlanMemory;
}
