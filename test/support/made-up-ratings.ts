import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const USERS = 60;
const FILMS = 30;
const DAY_SECONDS = 86_400;

/** A recipe of the trainer that makes a small rating pack of them in seconds. */
const RECIPE = `
name = "made-up-films"
version = "1.0.0"
family = "rating"
title = "Made-up films"
description = "Ratings that a formula gave."
licence = "none needed"
languages = ["en"]
set = "movielens"
scale = [1, 5]
kept_sweeps = 8
folds = 2
[model]
dimensions = 4
sweeps = 24
burn_in = 8
pattern = 3
[serving]
max_history = 20
popularity_half_life_days = 30.0
event_weights = { rating = 1.0 }
[card]
use = "Tests."
limits = "All else."
data_note = "Made up."
`;

/**
 * Ratings in MovieLens' format, and the recipe, in a folder: even users like even films (4 or 5), odd users odd ones; other films get 1 or 2.
 * Three of five films are rated by each user.
 */
export function writeMadeUpRatings(folder: string): { readonly data: string; readonly recipe: string } {
  const base = join(folder, 'recommend/movielens-100k');
  mkdirSync(base, { recursive: true });
  const lines: string[] = [];
  for (let user = 0; user < USERS; user++) {
    for (let film = 0; film < FILMS; film++) {
      if ((7 * user + 3 * film) % 5 > 2) continue;
      const rating = ((user + film) % 2 === 0 ? 4 : 1) + ((user * film) % 3 === 0 ? 1 : 0);
      lines.push([`u${user}`, `f${film}`, rating, lines.length * DAY_SECONDS].join('\t'));
    }
  }
  writeFileSync(join(base, 'u.data'), `${lines.join('\n')}\n`);
  const titles = Array.from({ length: FILMS }, (_, film) => `f${film}|Film ${film}|`);
  writeFileSync(join(base, 'u.item'), `${titles.join('\n')}\n`);
  const recipe = join(folder, 'made-up-films.toml');
  writeFileSync(recipe, RECIPE);
  return { data: folder, recipe };
}
