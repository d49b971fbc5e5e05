/**
 * The custom requests of the language server, mirrored from messages.py, command_names.py and ask.py in server/planfirst/lsp.
 * tests/lsp/test_client_mirror.py compares the two, so keep one interface a shape and one field a line.
 */

export const OUR_CLIENT = 'planfirst-vscode';

export const METHODS = {
  plan: 'planfirst/plan',
  prompt: 'planfirst/prompt',
  generate: 'planfirst/generate',
} as const;

export const QUERIES = {
  site: 'planfirst/site',
  place: 'planfirst/place',
  speed: 'planfirst/speed',
  chat: 'planfirst/chat',
  models: 'planfirst/models',
  count: 'planfirst/count',
} as const;

/** The server's command that reads the code of the opened folders; lsp/opened_folders.py names it. */
export const INDEX_WORKSPACE = 'planfirst.server.indexWorkspace';

export const VERBS = ['plan', 'generate', 'showPrompt', 'insertPlan', 'generateFromPlan'] as const;

/** The codes of notices that building the store of examples helps against. */
export const STORE_CODES = [
  'store-missing',
  'store-empty',
  'store-refused',
  'store-of-another-model',
  'example-none-in-store',
] as const;

/** The codes of notices that come with most requests: they go to the log, and nothing pops up. */
export const QUIET_CODES = ['example-not-close', 'example-other-language', 'prompt-context-cut', 'prompt-declarations-cut', 'prompt-rules-cut'] as const;

export const SECTIONS = ['rules', 'declarations', 'context', 'example', 'request', 'plan'] as const;
export const STAGES = ['retrieve', 'plan', 'prompt', 'generate'] as const;
export const TASKS = ['explain', 'fix', 'tests', 'summarise', 'analyse'] as const;
export const MAX_STEPS = 6;

export type Goal = keyof typeof METHODS;
export type Verb = (typeof VERBS)[number];
export type SectionName = (typeof SECTIONS)[number];
export type TaskName = (typeof TASKS)[number];
export type StageName = (typeof STAGES)[number];

export interface WirePosition {
  line: number;
  character: number;
}

export interface WireRange {
  start: WirePosition;
  end: WirePosition;
}

/** The parameters of every custom request; `version` and `range` as in LSP. */
export interface AskParams {
  textDocument: { uri: string; version?: number | null };
  range: WireRange;
  plan?: string[];
  fresh?: boolean;
  leaveOut?: SectionName[];
  attempt?: number;
  code?: string;
  trusted?: boolean;
  mayRun?: boolean;
  rewrite?: boolean;
  edits?: boolean;
  request?: string;
  partialResultToken?: string | number;
}

export interface WireLocation {
  uri: string;
  version: number | null;
  range: WireRange;
  rewrite?: boolean;
}

export interface StageEvent {
  kind: 'stage';
  stage: StageName;
  ms?: number;
}

export interface TextEvent {
  kind: 'text';
  stage: StageName;
  text: string;
}

/** Something that you should know; buttons go by its code, never by its text. */
export interface WireNotice {
  code: string;
  text: string;
}

export interface NoticeEvent {
  kind: 'notice';
  notice: WireNotice;
}

export interface EditEvent {
  kind: 'edit';
  edit: WireEdit;
}

export interface AttemptEvent {
  kind: 'attempt';
  doing: 'write' | 'check' | 'failed';
  number: number;
  of: number;
  how: string;
  output: string;
  secondsLeft: number;
  tokensLeft: number;
}

export type WorkEvent = StageEvent | TextEvent | EditEvent | NoticeEvent | AttemptEvent;

export interface WireVerdict {
  status: 'passed' | 'read' | 'failed' | 'not checked';
  check: string;
  output: string;
  held: number;
  of: number;
  ran: boolean;
  placed: boolean;
  needs: string;
  attempts: number;
  how: string;
}

export interface WireExample {
  question: string;
  code: string;
  score: number;
  match: string;
  source: string;
  licence: string;
  place: string;
  used: boolean;
}

export interface WireSection {
  name: SectionName;
  text: string;
  tokens: number;
  trimmed: number;
}

export interface WirePrompt {
  system: string;
  user: string;
  sections: WireSection[];
}

export interface WireTextEdit {
  range: WireRange;
  newText: string;
}

/** A WorkspaceEdit of one document, in either of LSP's two forms. */
export interface WireEdit {
  changes?: Record<string, WireTextEdit[]>;
  documentChanges?: { textDocument: { uri: string; version?: number | null }; edits: WireTextEdit[] }[];
}

export interface Answer {
  request: string;
  examples: WireExample[];
  plan: string[];
  parts: string[];
  planner: string;
  prompt: WirePrompt | null;
  code: string;
  model: string;
  notices: WireNotice[];
  timingsMs: Partial<Record<StageName, number>>;
  tokensPerSecond: number;
  verdict: WireVerdict | null;
  edit: WireEdit | null;
}

export interface WireKnown {
  steps: string[];
  parts: string[];
  planner: string;
  draft: boolean;
  made: number;
  example: WireExample | null;
}

export interface WireSite {
  kind: 'comment' | 'stub' | 'selection';
  first: number;
  last: number;
  requestLast: number;
  request: string;
  plan: string[] | null;
  known: WireKnown | null;
}

export interface Placed {
  edit: WireEdit | null;
  notices: WireNotice[];
  refused: string;
}

export interface Speed {
  model: string;
  tokens: number;
  seconds: number;
}

export interface ChatCall {
  id: string;
  name: string;
  input: object;
}

export interface ChatResult {
  id: string;
  text: string;
}

export interface ChatTool {
  name: string;
  about: string;
  schema: object;
}

export interface ChatMessage {
  role: 'user' | 'assistant';
  text: string;
  calls?: ChatCall[];
  results?: ChatResult[];
}

/** Code that goes along with the last message. */
export interface ChatFile {
  name: string;
  language: string;
  text: string;
}

/** The parameters of `planfirst/chat`, mirrored from chat_ask.py. */
export interface ChatParams {
  messages: ChatMessage[];
  system?: string;
  model?: string;
  task?: TaskName;
  attached?: ChatFile[];
  tools?: ChatTool[];
  partialResultToken?: string | number;
}

export interface ChatAnswer {
  model: string;
  text: string;
  sent: string;
  dropped: number;
  promptTokens: number;
  tokens: number;
  calls: ChatCall[];
  notices: WireNotice[];
}

export interface ChatModel {
  id: string;
  name: string;
  inUse: boolean;
  isLocal: boolean;
  promptTokens: number;
  answerTokens: number;
  size: number;
  licence: string;
  tools: boolean;
}

export interface Counted {
  tokens: number[];
}
