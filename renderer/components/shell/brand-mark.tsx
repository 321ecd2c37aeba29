/** The mark of public/icon.svg, drawn with the page: as a picture it is a document of its own, loaded beside the first table. */
export function BrandMark(): React.JSX.Element {
  return (
    <svg viewBox="0 0 32 32" width={24} height={24} aria-hidden>
      <rect width="32" height="32" rx="7" fill="#3b52cc" />
      <path
        d="M6 24 C 10 24, 11 8, 16 8 S 22 14, 26 14"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="16" cy="8" r="2.6" fill="#fff" />
      <path d="M6 24 H 26" stroke="#fff" strokeOpacity=".45" strokeWidth="1.6" strokeLinecap="round" />
    </svg>
  );
}
