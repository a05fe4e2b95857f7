// The shapes that the cards' modules hand each other; for whoever reads, and for tsc.

import type { createHand } from "./answering/hand.js";
import type { createStanding } from "./answering/standing.js";
import type { createWorklist } from "./answering/worklist.js";
import type { createAnyCard } from "./card.js";
import type { createList } from "./listing/list.js";
import type { createRows } from "./listing/rows.js";
import type { createKit } from "./looks/elements.js";
import type { createKeeper } from "./saving/keeper.js";
import type { createOutbox } from "./saving/outbox.js";

export type Worklist = ReturnType<typeof createWorklist>;
export type Hand = ReturnType<typeof createHand>;
export type Kit = ReturnType<typeof createKit>;
export type Outbox = ReturnType<typeof createOutbox>;
export type Keeper = ReturnType<typeof createKeeper>;
export type Card = ReturnType<typeof createAnyCard>;

/** The wording of a key in the coder's language, its gaps filled. */
export type Say = (key: string, values?: Record<string, unknown>) => string;
export type Wait = (milliseconds: number, work: () => void) => () => void;

// --- what a card is given -------------------------------------------------------------------------

export interface Code {
  id: string;
  label: string;
  definition?: string;
  include?: string;
  exclude?: string;
  example?: string;
  /** Its place in the row of keys, which it keeps. */
  place?: number;
  colour?: string;
}

/** Why an answer is to be looked at again, the code that it is about, and what tells the text that was read then. */
export interface Again {
  why: "split" | "retired" | "meaning" | "unreviewed" | "question" | "added" | "neighbour";
  code: string;
  text: string;
  weight?: number;
}

/** What answers given under an earlier version of a variable count as, and why they are to be looked at again. */
export interface Earlier {
  counts: Record<string, string | null>;
  again: Record<string, Again | null>;
  rest: Again | null;
}

/** A change of the codebook: of a code, or of a question where `code` is empty. */
export interface Change extends Again {
  variable: string;
  label: string;
  parts: { part: string; before: string; after: string }[];
}

/** A change, and how many answers are to be looked at again for it, by reason. */
export interface Told {
  change: Change;
  counts: Map<Again["why"], number>;
}

/** A stretch of a text beside an earlier one. */
export type Piece = ["kept" | "gone" | "new", string];

export interface Variable {
  id: string;
  kind: "single" | "multiple" | "scale";
  label: string;
  question: string;
  version: string;
  codes: Code[];
  retired: Record<string, string>;
  /** By version; only a page, whose browser may hold answers of which nobody has heard. */
  earlier?: Record<string, Earlier>;
}

/** What one coder chose on a note, as an adjudicator sees it. */
export interface Reading {
  name: string;
  label: string;
  codes: string[];
  certainty: string;
  memo: string;
  /** Whether the coder passed the question over. */
  skipped: boolean;
  /** What the coder selected in the note: from which sign to which. */
  words?: [number, number][];
}

/** A code in dispute, and the places of the readings that have it. */
export interface Side {
  code: string;
  readers: number[];
}

/** A stretch of a note, and the places of the readings in which it was selected. */
export interface Marked {
  text: string;
  readers: number[];
}

/** What another adjudicator or reviewer chose. */
export interface Other {
  who: string;
  label: string;
  reason: string;
  event: string;
  differs: boolean;
}

export interface Note {
  key: string;
  text: string;
  gloss: string;
  context?: [string, string][];
  hash: string;
  pass: number;
  variables: string[];
  flags?: number;
  seen?: string;
  others?: Other[];
  text_b?: string;
  gloss_b?: string;
  reasons?: string;
}

/** A note that coders disagree on. */
export interface DisputedNote extends Note {
  readings: Reading[];
  disputed: string[];
}

/** Answers by a note's key and a variable's id. */
export type Answers = Record<string, Record<string, Answer>>;

export interface CardData {
  card: "coding" | "adjudication" | "talk" | "comparing";
  study: string;
  coder: string;
  lang: string;
  /** The language that the notes are in, where it is known. */
  notes_lang?: string;
  pass: number;
  texts: Record<string, string>;
  variables: Variable[];
  notes: Note[];
  answers: Answers;
  changes?: Change[];
  /** In training: how the reference discussion read each note, by its key and the variable. */
  training?: Record<string, Record<string, Reference>>;
  /** On a page: what its last screen is to know of the answers file, and what it can ask for. */
  handIn?: HandIn;
}

export interface Reference {
  codes: string[];
  why: string;
}

/** What a page tells the last screen of, and does for it. */
export interface HandIn {
  state: () => NonNullable<FinishNumbers["file"]>;
  download: () => unknown;
  /** The coder says that the file is sent. */
  sent: () => unknown;
  practise?: () => unknown;
  readCodebook?: () => unknown;
  listen: (told: () => void) => void;
}

/** What an adjudication card is given besides: who could sit beside, and who does. */
export interface AdjudicationData extends CardData {
  notes: DisputedNote[];
  people: string[];
  present: string[];
  /** The last ones that this adjudicator gave. */
  reasons: string[];
}

/** What the card of a meeting is given besides: who is there, and who has not answered all notes. */
export interface TalkData extends CardData {
  notes: DisputedNote[];
  people: string[];
  lacking: string;
}

/** What a page holds besides. */
export interface PageData extends CardData {
  about: { study?: string; asker?: string; purpose?: string; size?: string };
  page: Record<string, string>;
  made: string;
  floor: string;
  file: string;
  who: string;
  last_event: string;
}

// --- what stands, and what was begun --------------------------------------------------------------

export interface Answer {
  /** "changed": an answer to a text that has been replaced since. */
  event: "decide" | "skip" | "retract" | "changed";
  /** Of the event that gave it; an answer about to be given has none yet. */
  id?: string;
  codes: string[];
  certainty: string;
  memo: string;
  /** The words of the note that it is about: "start:end", several joined by "|". */
  words?: string;
  /** Given under a definition that the variable no longer has. */
  older?: boolean;
  /** Why it is to be looked at again; of one taken back: since its code was split. */
  again?: Again;
  hash?: string;
  codebook?: string;
  at?: string;
  differs?: boolean;
  /** Of two notes merged, which text stands: "a", "b", "own". */
  stands?: string;
  text?: string;
}

/** What is begun on a question and not given yet. */
export interface Draft {
  codes?: string[];
  /** As it was written into the field of a scale. */
  number?: string;
  certainty?: string;
  memo?: string;
  /** A memo that is still being written, and the id of the answer that it was begun on. */
  typing?: string;
  /** A proposal of a code that is being written. */
  proposing?: { name: string; words: string };
  to?: string;
  /** The event that took back what this was made of. */
  undone?: string;
  event?: Answer["event"];
  judged?: string;
  stands?: string;
  text?: string;
}

export interface Question {
  note: Note;
  variable: Variable;
}

export interface Cell extends Question {
  answer?: Answer;
  draft: Draft;
  earlier?: Answer;
}

/** What a draft would lose: a selection that nobody confirmed, a memo that is in no answer, an unsaved proposal. */
export interface Begun {
  note: Note;
  variable: string;
  codes: boolean;
  memo: boolean;
  proposal: boolean;
}

/** What is chosen on a question and not given, where it can go unseen. */
export interface Chosen extends Question {
  number?: string;
  codes?: string[];
}

export interface Turn {
  note: Note;
  variable: string;
  from?: Answer;
  to: Answer | null | undefined;
}

export type Sort = "open" | "skipped" | "unsure" | "changed" | "older" | "differing" | "changes" | "flagged";

/** A map that is asked only for what it has. */
export interface Known<T> extends Map<string, T> {
  get(key: string): T;
}

// --- what is saved --------------------------------------------------------------------------------

export interface CardEvent {
  event_id: string;
  note: string;
  variable: string;
  event: Answer["event"];
  codes: string[];
  certainty: string;
  memo: string;
  words?: string;
  pass: number;
  note_hash?: string;
  codebook?: string;
  /** The answer that this takes the place of; if another stands by then, this comes too late. */
  replaces?: string;
  /** What of the answer is new, if only a word on it is: "certainty" or "memo". */
  amends?: string;
  stands?: string;
  text?: string;
  seen?: string;
  present?: string[];
}

/** An event that a page keeps: it says when it was made. */
export interface KeptEvent extends CardEvent {
  at: string;
}

/** What a card says to whoever keeps its answers; may be answered later, or never. */
export type Post = (message: Posted) => Promise<unknown> | undefined;

export type Posted =
  | { kind: "events"; events: CardEvent[] }
  | { kind: "hello" }
  | { kind: "showing"; id: string; note?: string; variable?: string; present?: string[] };

/** What it is told. */
export type Message =
  | { kind: "saved" | "overtaken" | "shown"; ids: string[] }
  | { kind: "not_saved" | "refused"; ids: string[]; why: string }
  | { kind: "answers"; answers: Answers }
  | { kind: "others"; others: Record<string, Other[]> }
  | { kind: "present"; present: string[] };

/** What a notebook joins a card to: Python's side of it. */
export interface Model {
  get: (name: string) => any;
  send: (message: Posted) => any;
  on: (name: string, listen: (message: Message) => void) => void;
  off: (name: string, listen: (message: Message) => void) => void;
}

export interface Waiting {
  event: CardEvent;
  since: number;
  order?: IDBValidKey;
  refused?: string;
}

export interface OutboxState {
  name: "saved" | "saving" | "not_saved";
  n: number;
  slow: boolean;
  cells: Set<string>;
  why: string;
  /** Whether the browser keeps what waits. */
  kept: boolean;
  refused: Waiting | null;
}

export interface StoredDraft {
  cell: string;
  draft: Draft;
}

/** A file that the coder chose on a page. */
export interface ChosenFile {
  handle: FileSystemFileHandle;
  allowed: boolean;
  fault: string;
  written: string;
}

// --- a kind of card ---------------------------------------------------------------------------------

/** What a card shows itself in. */
export interface View {
  root: HTMLElement;
  paint: () => void;
  open: () => void;
  stop: () => void;
  focus: () => void;
  keepFocus: (work: () => unknown) => void;
  showState: (state: OutboxState) => void;
  shows: (key: string) => boolean;
  closeOverlays: () => (Question & { text: string | null }) | symbol | null;
  openNumber: () => void;
  openCodebook: () => void;
  openKeys: () => void;
  toggleGloss: () => void;
  scrollNote: () => void;
  openBlock: (block: Code[] | null) => void;
  /** What covers the card, and has the keys meanwhile. */
  over?: { press: (event: KeyboardEvent) => boolean } | null;
  [own: string]: any;
}

/** What a kind's own actions are made of. */
export interface Means {
  list: Worklist;
  view: View;
  data: any;
  say: Say;
  save: (events: CardEvent[]) => void;
  turned: (step: "undo" | "redo") => CardEvent[];
  keepDraft: (note: Note, variable: Variable) => Promise<void>;
  tell: Hand["tell"];
  refuseNumber: Hand["refuse"];
}

export interface CardKind<Data extends CardData = CardData> {
  name: (data: Data) => string;
  commands: Commands;
  /** What a key press asks for, where that hangs on the note and not on the question alone. */
  read?: (event: Press, cell: Cell | null) => Action | null;
  createView: (host: HTMLElement, data: Data, say: Say, list: Worklist, hand: Hand) => View;
  actionsOf: (means: Means) => Record<string, (value?: any) => unknown>;
  draftOf: (event: CardEvent, kind?: Variable["kind"]) => Draft;
}

export interface CardOptions {
  /** Where there is a place to hand answers in: goes there. */
  onHandIn?: () => void;
  onPaint?: (list: Worklist) => void;
  onDraft?: () => void;
  keepsEvents?: boolean;
}

/** A meeting, as one card has it: who is there, whether that is being asked, and whose turn it is to answer. */
export interface Sitting {
  present: Set<string>;
  isKnown: boolean;
  isAsking: boolean;
  /** Given here or before, to be used again. */
  reasons: string[];
  /** The place of whoever answers anew; nobody in an adjudication. */
  speaker?: number | null;
  readonly said: { present?: string[] };
}

// --- the last screen ------------------------------------------------------------------------------

/** A wording's key and what fills its gaps. */
export type Said = [key: string, values: Record<string, unknown>];

/** All that the last screen is worked out from. */
export interface FinishNumbers {
  total: number;
  done: number;
  /** Questions without an answer. */
  open: number;
  /** Choices and memos that are in no answer. */
  begun: number;
  skipped: number;
  unsure: number;
  changed: number;
  older: number;
  differing: number;
  pass: number;
  savesBegun: boolean;
  isSaved: boolean;
  /** Nobody takes what is to be saved. */
  isStuck: boolean;
  /** The answers file of a page: events that are kept, of those in a file, of those sent; whether the browser keeps any. */
  file: { n: number; copied: number; sent: number; name: string; forgets: boolean; keeps: boolean } | null;
}

export type FinishAction = "toFirstOpen" | "saveBegun" | "older" | "download" | "sent";

export interface FinishRow {
  name: "answered" | "begun" | "file" | "sent";
  mark: "open" | "wait" | "done";
  title: Said;
  details: Said[];
  action: FinishAction | null;
}

export interface FinishShown {
  step: "wait" | "code" | "begun" | "older" | "file" | "send" | "rest";
  title: Said;
  lead: Said;
  rows: FinishRow[];
  main: FinishAction | null;
  also: [Sort, number][];
}

/** What is chosen on a disputed note. */
export interface Choice {
  event?: Answer["event"];
  codes: string[];
}

/** A question by its variable's id. */
export interface Placed {
  note: Note;
  variable: string;
}

// --- keys -----------------------------------------------------------------------------------------

export interface Action {
  name: string;
  value?: any;
}

export type Commands = Record<string, string>;

/** What the hand needs of a key press. */
export type Press = Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "repeat" | "timeStamp">;

// What only some browsers have, so that TypeScript does not name it.
declare global {
  interface Window {
    showSaveFilePicker?: (options: object) => Promise<FileSystemFileHandle>;
  }
  interface FileSystemHandle {
    queryPermission?: (how: object) => Promise<PermissionState>;
    requestPermission: (how: object) => Promise<PermissionState>;
  }
}

// --- the editor of codes --------------------------------------------------------------------------

export interface EditorCode {
  id: string;
  label: string;
  n: number;
  texts: string[];
  before: string[];
}

export interface EditorData {
  lang: string;
  texts: Record<string, string>;
  label: string;
  codes: EditorCode[];
  undo: boolean;
}

export interface EditorNote {
  key: string;
  text: string;
  context?: [string, string][];
}

/** What is done to a code; `parts` are what a split one gives way to, with the own notes chosen for each. */
export interface EditorAct {
  name: "rename" | "merge" | "split" | "retire" | "add" | "undo";
  code?: string;
  label?: string;
  into?: string;
  parts?: { label: string; notes: string[] }[];
}

export type EditorAsk = { kind: "plan"; act: EditorAct } | { kind: "notes"; code: string }
  | { kind: "save"; act: EditorAct | null; reason: string };

export type EditorReply = { kind: "planned"; lines: string[] } | { kind: "notes"; notes: EditorNote[] }
  | { kind: "refused"; text: string } | { kind: "saved"; data: EditorData };

// --- the list of my notes, and queues of answers ----------------------------------------------------

export type NoteList = ReturnType<typeof createList>;
export type Rows = ReturnType<typeof createRows>;
export type Standing = ReturnType<typeof createStanding>;

/** What is colour in the codebook is a thin mark on screen. */
export interface Code {
  colour?: string;
}

/** What was done at once has one number; a word on an answer, its certainty or memo, is no answer. */
export interface Turn {
  group?: number;
  isWord?: boolean;
}

/** An answer by the number of its note. */
export interface Spot {
  note: number;
  variable: string;
}

/** All notes, or a queue of answers: then `notes` has the note of each, and `variable` the only question, if there is one. */
export interface Way {
  kind: Sort;
  notes: number[];
  cells: Spot[] | null;
  variable?: string;
}

/** How many answers of a sort wait to be gone through; `variable` is "" of marks, which are of the note. */
export interface Queue {
  kind: Sort;
  variable: string;
  n: number;
}

/** What several questions get at once. */
export type Several = { codes: string[] } | { toggle: string } | { retract: true };

export type Mark = "open" | "unsure" | "memo" | "changed" | "older" | "skipped" | "flagged" | "proposed";
export type Filter = "all" | Mark;

/** What stands on one question of a note, as the list shows it. */
export interface ListCell {
  state: "open" | "skipped" | "answered" | "begun";
  codes: string[];
  text: string;
}

/** A note that the coder has seen; `memo` is all that they wrote, `searched` the texts that are searched, folded. */
export interface ListRow {
  number: number;
  note: Note;
  cells: Map<string, ListCell>;
  marks: Set<Mark>;
  memo: string;
  searched: string[];
}

/** Which rows are shown. */
export interface Shown {
  filter: Filter;
  code: { variable: string; id: string } | null;
  text: string;
}

export interface ListAction {
  name: "move" | "question" | "select" | "all" | "digit" | "clear" | "search" | "findCode" | "unsure" | "undo" | "redo" | "number"
    | "open" | "release" | "keys" | "nothing";
  value?: string;
  by?: number;
  pages?: number;
  extends?: boolean;
}

/** What the list is given. `turned` and `keepDraft` are the card's, so that what was refused and what was begun go along. */
export interface ListMeans {
  host: HTMLElement;
  list: Worklist;
  data: CardData;
  say: Say;
  save: (events: CardEvent[]) => void;
  announce?: (text: string) => void;
  turned?: (step: "undo" | "redo") => CardEvent[];
  keepDraft?: (note: Note, variable: Variable) => unknown;
  onOpen: (question: Question) => void;
  onClose: () => void;
}

/** The list as it is on screen. */
export interface ListState extends Shown {
  /** The number of the note at the cursor, and of the one that a range of selected ones begins at. */
  cursor: number;
  anchor: number;
  /** The question that digits are about. */
  variable: string;
  selected: Set<number>;
  /** Typed after ">" so far; null before it. */
  number: string | null;
  told: string;
}
