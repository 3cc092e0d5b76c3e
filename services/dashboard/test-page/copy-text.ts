/** Into the clipboard. A page that came over plain HTTP from another host has no other way than the old one. */
export const copyText = async (text: string): Promise<boolean> => {
  const { clipboard } = navigator as Readonly<{ clipboard?: Clipboard }>;
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
};
