// One sentence over the picture.
export interface Word {
  text: string;
  tone?: "risk" | "danger";
}
