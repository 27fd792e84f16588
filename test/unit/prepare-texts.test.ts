import { describe, expect, test } from 'vitest';
import { parseTime } from '../../functions/prepare/clean-row.ts';
import { mapColumns } from '../../functions/prepare/columns.ts';
import { beginDecoding, decodeText } from '../../functions/prepare/decode-text.ts';
import { guessDelimiter } from '../../functions/prepare/guess-delimiter.ts';
import { detectLanguage } from '../../functions/prepare/language.ts';
import { repairText } from '../../functions/prepare/repair-text.ts';
import { textKey } from '../../functions/prepare/text-key.ts';
import { createRandom } from '../support/random.ts';
import { utf8 } from '../support/utf8.ts';

/** What `fingerprint` of the trainer's cleaning.py gives (Python 3.12). */
test.each([
  ['Hello, World!', 'helloworld'],
  ['Straße ΣΊΣΥΦΟΣ', 'strasseσίσυφοσ'],
  ['ﬁne １２３', 'fine123'],
  ['!!! ', '!!!'],
  ['中文，测试。', '中文测试'],
  ['a_b-c', 'abc'],
  ['½ ²x', '122x'],
])('the key of %j is that of the trainer', (text, key) => {
  expect(textKey(text)).toBe(key);
});

describe('a text is repaired', () => {
  test.each([
    ['CafÃ© MÃ¼ller', 'Café Müller', true],
    ['itâ€™s â‚¬5', 'it’s €5', true],
    ['ä¸\u00adæ–‡', '中文', true],
    ['ðŸ˜€ fine', '😀 fine', true],
    // Words that only look like it.
    ['Ã la carte', 'Ã la carte', false],
    ['JOSÉ E MÃE', 'JOSÉ E MÃE', false],
    ['naïve', 'naïve', false],
  ])('%j becomes %j', (raw, text, isRepaired) => {
    expect(repairText(raw)).toMatchObject({ text, isRepaired });
  });

  test('by composition, and without what nobody sees', () => {
    expect(repairText(' cafe\u0301\u200b\u0007\u00a0')).toEqual({
      text: 'café',
      isRepaired: false,
      isNormalised: true,
    });
    // Joiners that change how a script or an emoji looks stay.
    expect(repairText('👩\u200d🔧').text).toBe('👩\u200d🔧');
  });

  test('unless that is not wanted', () => {
    expect(repairText('CafÃ©', false).text).toBe('CafÃ©');
  });
});

describe('bytes are decoded', () => {
  const TEXT = 'id,text\r\n1,"Käse – 中文 😀"\r\n2,plain\n';
  const encode = {
    'utf-8': (text: string) => utf8(text),
    'utf-16le': (text: string) => new Uint8Array(Uint16Array.from(text.split(''), (unit) => unit.charCodeAt(0)).buffer),
    'utf-16be': (text: string) => {
      const bytes = new Uint8Array(text.length * 2);
      for (let i = 0; i < text.length; i++) bytes.set([text.charCodeAt(i) >> 8, text.charCodeAt(i) & 0xff], i * 2);
      return bytes;
    },
  };

  test.each(['utf-8', 'utf-16le', 'utf-16be'] as const)('%s, wherever they are cut', (encoding) => {
    for (let seed = 0; seed < 200; seed++) {
      const random = createRandom(seed);
      const bytes = encode[encoding](TEXT);
      let state = beginDecoding(bytes.subarray(0, 4));
      let text = '';
      for (let at = 0; at < bytes.length; ) {
        const end = at + 1 + random.below(7);
        const decoded = decodeText(state, bytes.subarray(at, end), false);
        state = decoded.state;
        text += decoded.text;
        at = end;
      }
      const last = decodeText(state, new Uint8Array(), true);
      expect(text + last.text, `seed ${seed}`).toBe(TEXT);
      expect(last.state).toMatchObject({ encoding, replaced: 0 });
    }
  });

  test('Windows-1252 is told from UTF-8, also where it begins late', () => {
    const state = decodeText(beginDecoding(utf8('text')), utf8('text,label\nfine,good\n'), false).state;
    expect(state.encoding).toBe('ascii');
    const late = decodeText(state, Uint8Array.of(0x93, 0x47, 0x72, 0xfc, 0xdf, 0x65, 0x94), true);
    expect(late).toMatchObject({ text: '“Grüße”', state: { encoding: 'windows-1252', replaced: 0 } });
  });

  test('damage within UTF-8 stays UTF-8 and is counted', () => {
    const bytes = Uint8Array.from([...utf8('größer, schöner '), 0xff, ...utf8('weiter')]);
    expect(decodeText(beginDecoding(bytes), bytes, true)).toMatchObject({
      text: 'größer, schöner \ufffdweiter',
      state: { encoding: 'utf-8', replaced: 1 },
    });
  });
});

test.each([
  [',', 'a,b\n1,2\n'],
  [';', 'a;b\n1,5;2,5\n'],
  ['\t', 'ham\tGo on, crazy\nspam\tFree; now\nham\tOk\n'],
  ['|', 'a|b|c\n1|2|x, y\n'],
  [',', '"a;b;c","d"\n"1;2","3"\n'],
  [',', 'only'],
])('%j parts the fields of %j', (delimiter, text) => {
  expect(guessDelimiter(text)).toBe(delimiter);
});

describe('columns are understood', () => {
  const rowsOf = (names: readonly string[], rows: readonly (readonly string[])[]) =>
    rows.map((row) => Object.fromEntries(names.map((name, place) => [name, row[place] ?? ''])));

  test('by their names, in any writing', () => {
    const names = ['Review_ID', 'Review Text', 'Stars', 'Created At', 'shop'];
    expect(mapColumns({}, names, rowsOf(names, [['1', 'fine', '5', '2026', 'a']]))).toMatchObject({
      value: { text: 'Review Text', label: 'Stars', id: 'Review_ID', time: 'Created At', keep: ['Created At', 'shop'] },
    });
  });

  test('by what is in them where names say nothing', () => {
    const names = ['a', 'b', 'c'];
    const rows = Array.from({ length: 20 }, (_, i) => [`${i}`, i % 2 === 0 ? 'yes' : 'no', `a long text of row ${i}`]);
    expect(mapColumns({}, names, rowsOf(names, rows))).toMatchObject({ value: { text: 'c', label: 'b' } });
  });

  test('as it is said, or refused with what there is', () => {
    const rows = rowsOf(['text', 'label', 'other'], [['x', 'y', 'z']]);
    const names = ['text', 'label', 'other'];
    expect(mapColumns({ text: 'other', keep: [] }, names, rows)).toMatchObject({
      value: { text: 'other', label: 'label', keep: [] },
    });
    expect(mapColumns({ label: 'lable' }, names, rows)).toMatchObject({
      failure: { detail: 'columns.label: there is no "lable"; there are "text", "label", "other"' },
    });
  });
});

test.each([
  ['2026-03-04', Date.UTC(2026, 2, 4)],
  ['2026-03-04 05:06:07', Date.UTC(2026, 2, 4, 5, 6, 7)],
  ['2026-03-04T05:06:07+02:00', Date.UTC(2026, 2, 4, 3, 6, 7)],
  ['1772600000', 1_772_600_000_000],
  ['1772600000123', 1_772_600_000_123],
  ['04.03.2026', Number.NaN],
  ['', Number.NaN],
])('the time %j is understood wherever this runs', (text, ms) => {
  expect(parseTime(text)).toBe(ms);
});

test.each([
  ['en', 'The room was very clean and the staff were friendly.'],
  ['de', 'Das Zimmer war sehr sauber und das Personal freundlich.'],
  ['fr', 'La chambre était très propre et le personnel est sympathique.'],
  ['es', 'La habitación estaba muy limpia y el personal es amable.'],
  ['it', 'La camera era molto pulita e il personale è gentile.'],
  ['pt', 'O quarto estava muito limpo e os funcionários são simpáticos.'],
  ['nl', 'De kamer was heel schoon en het personeel is niet onvriendelijk.'],
  ['sv', 'Rummet var mycket rent och personalen är trevlig, det är bra.'],
  ['pl', 'Pokój był bardzo czysty, a obsługa jest miła, ale nie ma windy.'],
  ['tr', 'Oda çok temiz ve personel güler yüzlü, ama kahvaltı yok.'],
  ['zh', '房间很干净，服务员很热情，WiFi也不错。'],
  ['ja', '部屋はとても清潔で、スタッフも親切でした。'],
  ['ko', '방이 아주 깨끗하고 직원들이 친절했어요.'],
  ['ru', 'Номер был очень чистый, персонал приветливый.'],
  ['uk', 'Кімната була дуже чиста, персонал привітний і ввічливий.'],
  ['ar', 'الغرفة نظيفة جدا والموظفون ودودون'],
  ['und', '12345 !!!'],
  ['und', 'WiFi'],
])('the language %s is told of %j', (language, text) => {
  expect(detectLanguage(text)).toBe(language);
});
