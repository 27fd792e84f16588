import { createRandom, type Random } from '../../support/random.ts';

/** A message to the help desk of a made-up shop, and the desk that it belongs to. */
export interface Message {
  readonly text: string;
  readonly label: Desk;
}

export const DESKS = ['delivery', 'returns', 'billing', 'advice'] as const;
export type Desk = (typeof DESKS)[number];

/** What the shop called its new services: words that no message of before has, and nothing else in the message tells the desk. */
export const SERVICES = {
  delivery: ['Doorling', 'Zwick'],
  returns: ['Swapsie', 'Nomble'],
  billing: ['Tinkwell', 'Quartle'],
  advice: ['Sprigo', 'Umbrex'],
} as const satisfies Readonly<Record<Desk, readonly [string, string]>>;

const OPENINGS = [
  'Hello there,',
  'Good morning to all of you,',
  'Sorry to trouble you again,',
  'A short question from me:',
  'My neighbour told me to write here.',
  'This is the second time I ask,',
  'Dear people of the shop,',
  'I was on the phone for half an hour,',
  'Writing on behalf of my mother:',
  'First of all, lovely catalogue!',
  'Not sure whether this is the right place,',
  'Greetings from a rainy holiday,',
];

const ENDINGS = [
  'It is meant for a birthday in {town}.',
  'Please write back before {day}.',
  'We live in {town}, in case that matters.',
  'Nobody in {town} could tell me.',
  'Thank you for any word on it by {day}.',
  'My order had the number {number}.',
  'I would be glad of an answer soon.',
  'The letter that came says {number} at the top.',
  'On {day} I am away in {town}.',
  'Kind regards from the whole family.',
  'Number {number} was on the slip.',
  'That was on {day}, if I remember well.',
];

/** What people wrote before the services came: the desk can be told from these words. */
const EVERYDAY: Readonly<Record<Desk, readonly string[]>> = {
  delivery: [
    'the courier never came with the {item}',
    'where is the parcel with my {item}',
    'tracking has not moved since {day} for the {item}',
    'can the driver leave the {item} with a neighbour',
    'the van drove past and my {item} was not dropped off',
    'how long does shipping of the {item} take',
  ],
  returns: [
    'the {item} arrived cracked and I want to send it back',
    'how do I exchange the {item} for a smaller one',
    'I changed my mind and would return the {item}',
    'which label goes on the box when the {item} goes back',
    'the {item} does not fit, please take it back',
    'may I swap the faulty {item} for a new one',
  ],
  billing: [
    'my card was charged twice for the {item}',
    'the invoice for the {item} shows a wrong amount',
    'please send me a receipt for the {item}',
    'why is there a fee on the bill of the {item}',
    'may I pay for the {item} in instalments',
    'the discount on the {item} is missing from the payment',
  ],
  advice: [
    'which {item} would suit a small dark kitchen',
    'how do I clean the {item} without scratching it',
    'is the {item} safe for children to use',
    'what size of {item} do you recommend for four people',
    'does the {item} go with oak furniture',
    'can you suggest a quiet {item} for a bedroom',
  ],
};

/** What people write of any of the services, as it stands in feedback. */
const ABOUT_SERVICES = [
  'something about {service} is odd since {day}',
  '{service} and the {item} do not go together for me',
  'who looks after {service} on your side',
  'I tried {service} with the {item} and am lost',
  'could somebody explain what {service} means for my {item}',
  'the page of {service} stays empty on my telephone',
  'my wife set up {service} on {day} and now it is silent',
  '{service} used to work when I had the other {item}',
  'is {service} for people in {town} too',
  'I am waiting on {service} for the {item}',
  'there is a red mark beside {service} now',
  'all I want is that {service} does what it did',
];

/** The same in other words, none of which is in any feedback. */
const PARAPHRASES = [
  'we have been struggling with {service} all week long',
  'who in your team knows about {service} these days',
  'nothing happens once I open {service} on my tablet',
  'after the weekend {service} behaved differently than it should',
  'our {item} was fine until {service} began acting up',
  'would you kindly get {service} going again for us',
];

const OPENINGS_OF_PARAPHRASES = [
  'Evening everybody,',
  'To whom it may concern:',
  'Hope you had a fine weekend,',
  'Me again with a worry,',
];
const ENDINGS_OF_PARAPHRASES = [
  'A call back would be nice.',
  'Yours, a customer of many years.',
  'Let me know what you think.',
  'Cheers and see you soon.',
];

const ITEMS = [
  'kettle',
  'lamp',
  'armchair',
  'carpet',
  'mirror',
  'vase',
  'wall clock',
  'blanket',
  'bookshelf',
  'teapot',
  'curtain',
  'toaster',
  'garden bench',
  'pillow',
  'coat rack',
  'candle holder',
];
const TOWNS = ['Barnstow', 'Ellerby', 'Wexcombe', 'Marlow End', 'Tidewell', 'Ashgrove', 'Norbrook', 'Castleby'];
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Messages in whose words the desk lies; the same for the same seed. */
export function everydayMessages(count: number, seed: number): Message[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const label = DESKS[i % DESKS.length] as Desk;
    const text = fill(compose(random, OPENINGS, EVERYDAY[label], ENDINGS), random, '');
    return { text, label };
  });
}

/** Messages of the new services, each service as often as another. */
export function serviceMessages(count: number, seed: number): Message[] {
  return ofServices(count, seed, OPENINGS, ABOUT_SERVICES, ENDINGS);
}

/** Messages of the new services of which no sentence is among those of `serviceMessages`. */
export function paraphrasedMessages(count: number, seed: number): Message[] {
  return ofServices(count, seed, OPENINGS_OF_PARAPHRASES, PARAPHRASES, ENDINGS_OF_PARAPHRASES);
}

function ofServices(
  count: number,
  seed: number,
  openings: readonly string[],
  middles: readonly string[],
  endings: readonly string[],
): Message[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const label = DESKS[i % DESKS.length] as Desk;
    const service = SERVICES[label][Math.floor(i / DESKS.length) % 2] as string;
    return { text: fill(compose(random, openings, middles, endings), random, service), label };
  });
}

function compose(random: Random, ...parts: readonly (readonly string[])[]): string {
  const [opening = '', middle = '', ending = ''] = parts.map((part) => random.pick(part));
  return `${opening} ${middle}. ${ending}`;
}

function fill(template: string, random: Random, service: string): string {
  return template
    .replaceAll('{service}', service)
    .replaceAll('{item}', random.pick(ITEMS))
    .replaceAll('{town}', random.pick(TOWNS))
    .replaceAll('{day}', random.pick(DAYS))
    .replaceAll('{number}', String(100_000 + random.below(900_000)));
}

/** Columns `message` and `desk`. No text has quotes. */
export function toCsv(messages: readonly Message[]): string {
  return ['message,desk', ...messages.map(({ text, label }) => `"${text}",${label}`), ''].join('\n');
}

/** Rows of `POST /v1/feedback` that say where each message belonged. */
export function feedbackOf(model: string, messages: readonly Message[]): object[] {
  return messages.map(({ text, label }, i) => ({
    feedbackId: `message-${i}`,
    function: 'classify',
    model,
    text,
    label,
  }));
}
