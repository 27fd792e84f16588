import { createRandom } from './random.ts';

/** Pieces of text of our own writing that tokenizers are known to treat apart: scripts, widths, joiners, controls, halves. */
const PIECES = [
  'The delivery was quick',
  "I can't log in, can you help?",
  'refund 20.50 € to card ****1234',
  'WHERE IS MY ORDER?!?',
  'naïve café coöperation Zoë',
  'e\u0301 a\u0308 n\u0303 o\u0302\u0323',
  'https://shop.example/a?b=1&c=%20#top',
  'mail me at first.last+tag@mail.example',
  '送餐太慢了，菜都凉了',
  '酒店很干净，下次还会来！',
  '這個產品 非常 好用',
  '价格¥199，比 Amazon 便宜 30%',
  '㐂㐀 𠮷野家 𪚥',
  'コーヒーはおいしいです ｱｲｽ',
  '안녕하세요 각 \u1100\u1161\u11a8',
  'Быстрая доставка, ёлка',
  'ΟΔΥΣΣΕΥΣ ὈΔΥΣΣΕΎΣ τέλος ΣΑΣ',
  'שלום עולם',
  'مرحبا بالعالم ١٢٣',
  'नमस्ते दुनिया',
  'สวัสดีชาวโลก',
  'İstanbul ışık DİYARBAKIR',
  'Straße ẞ ß ﬁne ﬂat ǅ ŉ',
  '① ½ ™ ℃ Ⅷ ㎏ ｆｕｌｌ　ｗｉｄｔｈ',
  '🙂👍🏽 great',
  '👩‍👩‍👧‍👦 family 🏳️‍🌈 ❤️ ☎️',
  '🇩🇪🇨🇳 1️⃣',
  'a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg',
  'tab\tnew\nline\r\nvertical\u000bform\u000c',
  '\u0000\u0001\u0007\u001b[31mred\u007f\u0085\u009f',
  '\u00a0\u2003\u2028\u2029\u3000spaces',
  '\ud800 lone high',
  'lone low \udc00',
  '\udfff\ud83d swapped',
  '\ufffd\uffff\ufdd0',
  '[CLS] [SEP] [UNK] [PAD] ##ing <unk> </s>',
  '....----____====~~~~',
  '"quotes" “curly” «angled» 「角」',
  '1234567890 1,234,567.89 -0.5e10 0x1F',
  'snake_case camelCase kebab-case C++ C# .NET',
] as const;

const EDGES = ['', ' ', '\n', '\u0000', '\ud800', '\udc00', '。', '🙂', 'a', '好', '\u0301'] as const;

/** `count` lines: each piece alone, the shortest ones there are, then mixtures that a seed decides, now and then a very long one. */
export function strangeLines(count: number): string[] {
  const random = createRandom(17);
  const lines: string[] = [...EDGES, ...PIECES];
  while (lines.length < count) {
    const parts = Array.from({ length: 2 + random.below(5) }, () => random.pick(PIECES));
    const line = parts.join(random.pick([' ', '', '，', '\n', '-']));
    lines.push(random.below(40) === 0 ? line.repeat(30) : line);
  }
  return lines.slice(0, count);
}
