/** Dark or light: as the system has it, unless somebody has chosen; a choice is kept for all pages of this address. */
const CHOICE = 'switchyard.theme';
const THEMES: ReadonlySet<string> = new Set(['light', 'dark']);
/** The element with this id, where a page has one, is a `select` with the values `system`, `light` and `dark`. */
const SWITCH = 'theme';

/** Where storage is blocked, a choice lasts as long as the page. */
const storage = (): Storage | undefined => {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
};

const show = (choice: string): void => {
  const { dataset } = document.documentElement;
  if (THEMES.has(choice)) dataset['theme'] = choice;
  else delete dataset['theme'];
};

const remembered = storage()?.getItem(CHOICE) ?? 'system';
show(remembered);

addEventListener('DOMContentLoaded', () => {
  const choices = document.getElementById(SWITCH);
  if (!(choices instanceof HTMLSelectElement)) return;
  choices.value = THEMES.has(remembered) ? remembered : 'system';
  choices.addEventListener('change', () => {
    show(choices.value);
    storage()?.setItem(CHOICE, choices.value);
  });
});
