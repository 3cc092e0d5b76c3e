import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ELLIPSIS = '…';

/** Columns of a terminal that a text takes: wide characters two, combining ones none. */
export const widthOf = (text: string): number => stringWidth(text);

/** A text as one row of at most `columns`; that something is cut off is shown by an ellipsis. */
export const cut = (text: string, columns: number): string => {
  const row = text.trimEnd().replaceAll(/[\r\n\t]+/g, ' ');
  if (widthOf(row) <= columns) return row;
  let kept = '';
  let width = widthOf(ELLIPSIS);
  for (const { segment } of graphemes.segment(row)) {
    width += widthOf(segment);
    if (width > columns) break;
    kept += segment;
  }
  return `${kept}${ELLIPSIS}`;
};
