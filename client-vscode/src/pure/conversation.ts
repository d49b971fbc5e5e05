import type { ChatCall, ChatMessage, ChatResult, ChatTool } from '../protocol.js';

/** A message of the editor's language-model interface: its role, and parts of which some are text. */
export interface EditorMessage {
  role: number;
  content: unknown;
}

const ASSISTANT = 2;
const SYSTEM = 3;
const NO_TEXT = '[something that is no text was left out]';

/** The conversation that another extension, or the editor's chat, wants to have answered. */
export function conversationOf(messages: readonly EditorMessage[]): { messages: ChatMessage[]; system: string } {
  const system = messages.filter(({ role }) => role === SYSTEM).map(({ content }) => textOf(content));
  const said = messages.filter(({ role }) => role !== SYSTEM);
  return {
    messages: said.map(({ role, content }) => messageOf(role === ASSISTANT ? 'assistant' : 'user', content)),
    system: system.join('\n\n'),
  };
}

/** A tool of the editor's language-model interface. */
export interface EditorTool {
  name: string;
  description: string;
  inputSchema?: object | undefined;
}

export function toolOf({ name, description, inputSchema }: EditorTool): ChatTool {
  return { name, about: description, schema: inputSchema ?? {} };
}

function messageOf(role: 'user' | 'assistant', content: unknown): ChatMessage {
  const parts: unknown[] = Array.isArray(content) ? content : [content];
  const calls = parts.filter(isCall).map(({ callId, name, input }): ChatCall => ({ id: callId, name, input: input ?? {} }));
  const results = parts.filter(isResult).map(({ callId, content: given }): ChatResult => ({ id: callId, text: textOf(given) }));
  const text = textOf(parts.filter((part) => !isCall(part) && !isResult(part)));
  return { role, text, ...(calls.length > 0 ? { calls } : {}), ...(results.length > 0 ? { results } : {}) };
}

function isCall(part: unknown): part is { callId: string; name: string; input?: object } {
  const { callId, name } = (part ?? {}) as { callId?: unknown; name?: unknown };
  return typeof callId === 'string' && typeof name === 'string';
}

function isResult(part: unknown): part is { callId: string; content: unknown } {
  const { callId, content } = (part ?? {}) as { callId?: unknown; content?: unknown };
  return typeof callId === 'string' && content !== undefined;
}

/** The text of a message, a part of one, or a list of parts; what is none is named in its place, so that nothing is lost unseen. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') {
    return content;
  }
  if (Array.isArray(content)) {
    return content.map(textOf).join('');
  }
  if (typeof content === 'object' && content !== null) {
    const part = content as { value?: unknown; content?: unknown };
    if (typeof part.value === 'string' || Array.isArray(part.value)) {
      return textOf(part.value);
    }
    if (part.content !== undefined) {
      return textOf(part.content);
    }
  }
  return NO_TEXT;
}

/** One side of a turn in the editor's chat. `sent` and `text` are what the model read and wrote, where a model was asked. */
export type Said = { by: 'user'; prompt: string; command: string } | { by: 'us'; shown: string; sent?: string; text?: string };

/** The turns of the editor's chat as messages. What was stopped before a word was written is left out. */
export function messagesOf(turns: readonly Said[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  let asked: string | undefined;
  for (const turn of turns) {
    if (turn.by === 'user') {
      asked = [turn.command ? `/${turn.command}` : '', turn.prompt].filter(Boolean).join(' ');
      continue;
    }
    const answer = turn.text ?? turn.shown;
    if (asked !== undefined && answer.trim()) {
      messages.push({ role: 'user', text: turn.sent ?? asked }, { role: 'assistant', text: answer });
    }
    asked = undefined;
  }
  return messages;
}
