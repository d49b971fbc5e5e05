import type { ChatMessage } from '../protocol.js';

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
    messages: said.map(({ role, content }) => ({ role: role === ASSISTANT ? 'assistant' : 'user', text: textOf(content) })),
    system: system.join('\n\n'),
  };
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
