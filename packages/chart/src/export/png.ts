/** More pixels than this some browsers draw as nothing at all, without saying so (iOS: 16.7 million). */
const maxPixels = 16e6;

/** An SVG file as PNG, with `scale` pixels for each of its own. Rejects if the browser cannot. */
export async function pngOf(svg: string, scale = 2): Promise<Blob> {
  const image = new Image();
  // Not a blob: address, which a page may have forbidden while it allows pictures in data:.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const most = Math.sqrt(maxPixels / Math.max(1, width * height));
  const used = Math.min(scale, most);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * used);
  canvas.height = Math.round(height * used);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("this browser made no picture"));
    }, "image/png");
  });
}
