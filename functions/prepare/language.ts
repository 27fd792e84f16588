/** Languages that are told apart, by ISO 639-1; `und` is none of them, or too short to tell. */
export const LANGUAGES = [
  'und',
  'en',
  'zh',
  'ja',
  'ko',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'sv',
  'pl',
  'cs',
  'tr',
  'ru',
  'uk',
  'ar',
  'he',
  'el',
  'th',
  'hi',
] as const;
export type Language = (typeof LANGUAGES)[number];

/** Characters of a text that are looked at. */
const MAX_CHARACTERS = 600;

/** Scripts that say the language, or nearly. */
const SCRIPTS: readonly (readonly [Language, RegExp])[] = [
  ['ko', /\p{Script=Hangul}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
];
const CYRILLIC = /\p{Script=Cyrillic}/gu;
const HAN = /\p{Script=Han}/gu;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const LATIN = /\p{Script=Latin}/gu;

/** Frequent words that carry grammar, hence come in any text; words of several of these languages count for each. */
const WORDS: Readonly<Partial<Record<Language, string>>> = {
  en: "the a by into over their his her him them than then after before while being some other through down off got know time go come only here now and of to in is it that was for with you this my not are have be but on as at so they we i'm i he she what how can do does did me your there from or an if just very would will could has had been were which who when where why out up about all no it's don't please get good need want",
  de: 'der die das und ist nicht ich ein eine zu mit den von auf für es im sie dem wir war auch aber nur sich wie was bei oder sehr kann mein meine habe hat wird noch nach am einen einer aus wenn man so da zum zur sind keine kein bitte warum',
  fr: "le la les et est pas je un une de des du que qui dans pour ce sur avec il elle nous vous très mais ne au aux en plus cette mon ma mes c'est j'ai sont par ou été comme bien tout fait avait ont ses leur",
  es: 'el la los las y es no un una de del que en por para con muy se lo su me mi pero como más este esta al son fue ha está todo hay yo tiene qué porque si también sin le nos ser',
  it: 'il lo la gli e è non un una di del della che in per con molto si mi ma come più questo questa al sono ho ha anche nel alla dei delle le ci tutto perché era da se io',
  pt: 'o a os as e é não um uma de do da dos das que em no na por para com muito se eu mas como mais este esta ao são foi tem está você meu minha seu sua também já nos pelo pela',
  nl: 'de het een en is niet ik van in op te dat die met voor zijn er maar aan wat heb was ook naar mijn bij als nog wel geen om dit heel goed wordt hebben worden ze je we hij over uit',
  sv: 'och det är att i en som på jag inte av för med den till har de ett om var men så vi från kan mycket mig min eller när ska bra också han hon nu här',
  pl: 'i w nie na się z do jest to że a jak za ale od po co tak o być mnie są czy dla już tylko ten ta jego który przez bardzo było był mi może nas wszystko',
  cs: 'a se je na v že to s z do o ve pro po jako jsem by jsou ale tak si za nebo jeho který která není bylo byl už co k i při před od jak velmi mi muž žena',
  tr: 've bir bu da de için çok ne ile ama gibi ben daha var mı mi değil olarak olan kadar sonra en o ki şey bana benim yok iyi her nasıl neden',
};
const LANGUAGES_OF = new Map<string, Language[]>();
for (const [language, words] of Object.entries(WORDS)) {
  for (const word of words.split(' '))
    LANGUAGES_OF.set(word, [...(LANGUAGES_OF.get(word) ?? []), language as Language]);
}

/** Letters that few of the Latin languages write. */
const LETTERS: readonly (readonly [RegExp, readonly Language[]])[] = [
  [/[äöü]/gu, ['de', 'sv', 'tr']],
  [/ß/gu, ['de']],
  [/[ñ¿¡]/gu, ['es']],
  [/[ãõ]/gu, ['pt']],
  [/å/gu, ['sv']],
  [/[ąęłśźżćń]/gu, ['pl']],
  [/[ěščřžů]/gu, ['cs']],
  [/[ğışİ]/gu, ['tr']],
  [/[œêâîûèù]/gu, ['fr']],
  [/[áíóú]/gu, ['es', 'pt', 'cs']],
  [/[òìù]/gu, ['it']],
];

/**
 * The language that a text is most likely written in: by its script, and where several languages share it by frequent words and letters
 * that few of them write. Trade-off accepted: a small table rather than a model, so that short texts often stay `und`.
 */
export function detectLanguage(text: string): Language {
  const begin = text.slice(0, MAX_CHARACTERS);
  const latin = count(begin, LATIN);
  const han = count(begin, HAN);
  const kana = count(begin, KANA);
  const cyrillic = count(begin, CYRILLIC);
  const others = SCRIPTS.map(([language, script]) => [language, count(begin, script)] as const);
  const [script, most] = others.reduce((best, next) => (next[1] > best[1] ? next : best));
  const asian = han + kana;
  // A sign of Han says about as much as two letters; foreign names stand among them.
  if (asian * 2 >= latin && asian >= Math.max(most, cyrillic) && asian > 0) return kana * 10 >= asian ? 'ja' : 'zh';
  if (most > latin / 2 && most >= cyrillic) return script;
  if (cyrillic > latin / 2) return /[іїєґІЇЄҐ]/u.test(begin) ? 'uk' : 'ru';
  return latin === 0 ? 'und' : latinLanguage(begin.toLowerCase());
}

function latinLanguage(text: string): Language {
  const points = new Map<Language, number>();
  const add = (languages: readonly Language[], by: number) => {
    for (const language of languages) points.set(language, (points.get(language) ?? 0) + by / languages.length);
  };
  for (const word of text.match(/[\p{L}'’]+/gu) ?? []) add(LANGUAGES_OF.get(word.replace('’', "'")) ?? [], 1);
  for (const [letters, languages] of LETTERS) add(languages, Math.min(3, count(text, letters)));
  const [first, second] = [...points].sort((a, b) => b[1] - a[1]);
  if (!first || first[1] < 1 || (second && first[1] - second[1] < 0.5)) return 'und';
  return first[0];
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
