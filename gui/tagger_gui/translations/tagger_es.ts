<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
 <context>
  <name>AboutDialog</name>
  <message>
   <source>About tagger</source>
   <translation>Acerca de tagger</translation>
  </message>
  <message>
   <source>Captions and tags for photos, made on this computer. Nothing is sent anywhere.
Apache License 2.0</source>
   <translation>Descripciones y etiquetas para fotos, hechas en este ordenador. No se envía nada a ninguna parte.
Licencia Apache 2.0</translation>
  </message>
  <message>
   <source>Licences</source>
   <translation>Licencias</translation>
  </message>
 </context>
 <context>
  <name>BatchBar</name>
  <message>
   <source>Add</source>
   <translation>Añadir</translation>
  </message>
  <message>
   <source>Approve all</source>
   <translation>Aprobar todas</translation>
  </message>
  <message>
   <source>Approve from {share}% on</source>
   <translation>Aprobar desde {share} %</translation>
  </message>
  <message>
   <source>Caption again</source>
   <translation>Describir de nuevo</translation>
  </message>
  <message>
   <source>Everything that was ever written by this program; what you approved stays</source>
   <translation>Todo lo que este programa haya escrito; lo que usted aprobó se queda</translation>
  </message>
  <message>
   <source>How sure a caption has to be, in percent a word</source>
   <translation>Cuán segura debe ser una descripción, en porcentaje por palabra</translation>
  </message>
  <message>
   <source>One tag in all of them, which approves them</source>
   <translation>Una etiqueta en todas, lo que las aprueba</translation>
  </message>
  <message>
   <source>Reject all</source>
   <translation>Rechazar todas</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Quitar</translation>
  </message>
  <message>
   <source>Tag to add</source>
   <translation>Etiqueta que añadir</translation>
  </message>
  <message>
   <source>Tag to remove</source>
   <translation>Etiqueta que quitar</translation>
  </message>
  <message>
   <source>Take our words out</source>
   <translation>Quitar nuestras palabras</translation>
  </message>
  <message>
   <source>Undo last change</source>
   <translation>Deshacer el último cambio</translation>
  </message>
  <message>
   <source>With the model and the settings of now; what is up to date, or decided by you, stays</source>
   <translation>Con el modelo y los ajustes actuales; lo que está al día, o decidido por usted, se queda</translation>
  </message>
 </context>
 <context>
  <name>CaptionEdit</name>
  <message>
   <source>Caption</source>
   <translation>Descripción</translation>
  </message>
  <message>
   <source>Enter approves, Escape takes back what was typed</source>
   <translation>Intro aprueba, Escape deshace lo escrito</translation>
  </message>
  <message>
   <source>No caption</source>
   <translation>Sin descripción</translation>
  </message>
 </context>
 <context>
  <name>CaptionEditor</name>
  <message>
   <source>Other captions</source>
   <translation>Otras descripciones</translation>
  </message>
 </context>
 <context>
  <name>Chip</name>
  <message>
   <source>of unknown probability</source>
   <translation>de probabilidad desconocida</translation>
  </message>
  <message>
   <source>{path}: added by you. Delete removes it.</source>
   <translation>{path}: añadida por usted. Supr la quita.</translation>
  </message>
  <message>
   <source>{path}: left out. Space takes it back in.</source>
   <translation>{path}: omitida. Espacio la recupera.</translation>
  </message>
  <message>
   <source>{path}: {score}, not sure enough. Space adds it.</source>
   <translation>{path}: {score}, no bastante segura. Espacio la añade.</translation>
  </message>
  <message>
   <source>{path}: {score}. Delete leaves it out.</source>
   <translation>{path}: {score}. Supr la omite.</translation>
  </message>
 </context>
 <context>
  <name>ChoiceButton</name>
  <message>
   <source>probability {share}</source>
   <translation>probabilidad {share}</translation>
  </message>
 </context>
 <context>
  <name>CompareDialog</name>
  <message>
   <source>Nothing was written.</source>
   <translation>No se ha escrito nada.</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Foto</translation>
  </message>
  <message>
   <source>Two models on the same photos</source>
   <translation>Dos modelos con las mismas fotos</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} de {total}</translation>
  </message>
 </context>
 <context>
  <name>DecisionBar</name>
  <message>
   <source>Approve</source>
   <translation>Aprobar</translation>
  </message>
  <message>
   <source>Approved</source>
   <translation>Aprobada</translation>
  </message>
  <message>
   <source>Forget what you changed here</source>
   <translation>Olvidar lo que ha cambiado aquí</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Rechazar</translation>
  </message>
  <message>
   <source>Revert</source>
   <translation>Revertir</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Guardar</translation>
  </message>
  <message>
   <source>This is wrong: take it out, and do not caption this photo again</source>
   <translation>Está mal: quitarlo y no volver a describir esta foto</translation>
  </message>
  <message>
   <source>Write it into the photo, approved: no model changes it any more</source>
   <translation>Escribirlo en la foto, aprobado: ningún modelo lo cambia más</translation>
  </message>
 </context>
 <context>
  <name>FailuresDialog</name>
  <message>
   <source>Copy the list</source>
   <translation>Copiar la lista</translation>
  </message>
  <message>
   <source>Nothing was changed in these photos. The others are done.</source>
   <translation>En estas fotos no se ha cambiado nada. Las demás están hechas.</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Foto</translation>
  </message>
  <message>
   <source>What failed</source>
   <translation>Lo que ha fallado</translation>
  </message>
  <message>
   <source>Why, and what to do</source>
   <translation>Por qué, y qué hacer</translation>
  </message>
 </context>
 <context>
  <name>FieldChanges</name>
  <message>
   <source>Approving writes this; nothing else in the file changes.</source>
   <translation>Al aprobar se escribe esto; nada más cambia en el archivo.</translation>
  </message>
  <message>
   <source>The file holds all of it already: nothing would be written.</source>
   <translation>El archivo ya lo contiene todo: no se escribiría nada.</translation>
  </message>
  <message>
   <source>This photo has no caption yet: nothing would be written.</source>
   <translation>Esta foto aún no tiene descripción: no se escribiría nada.</translation>
  </message>
  <message>
   <source>What would be written</source>
   <translation>Lo que se escribiría</translation>
  </message>
  <message>
   <source>and our own record of it</source>
   <translation>y nuestra propia anotación</translation>
  </message>
  <message>
   <source>then: {text}</source>
   <translation>después: {text}</translation>
  </message>
  <message>
   <source>today: {text}</source>
   <translation>hoy: {text}</translation>
  </message>
 </context>
 <context>
  <name>Filters</name>
  <message>
   <source>&lt;b&gt;dog beach&lt;/b&gt; both words, as beginnings&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; these words in this order&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; either&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; without it&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; with the tag, or one below it&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; in the path&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; when it was taken&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; captions that the model was unsure of</source>
   <translation>&lt;b&gt;dog beach&lt;/b&gt; ambas palabras, como comienzos&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; estas palabras en este orden&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; una de las dos&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; sin ella&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; con la etiqueta o una inferior&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; en la ruta&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; cuándo se tomó&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; descripciones de las que el modelo no estaba seguro</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>Borrar</translation>
  </message>
  <message>
   <source>Find a tag</source>
   <translation>Buscar una etiqueta</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Carpetas</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Buscar</translation>
  </message>
  <message>
   <source>Search captions and tags</source>
   <translation>Descripciones y etiquetas</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Mostrar</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>Mostrar todas las fotos</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Estado</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Etiquetas</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>Tomada</translation>
  </message>
  <message>
   <source>Taken since, as 2024, 2024-05 or 2024-05-31</source>
   <translation>Tomada desde, como 2024, 2024-05 o 2024-05-31</translation>
  </message>
  <message>
   <source>Taken until, as 2024, 2024-05 or 2024-05-31</source>
   <translation>Tomada hasta, como 2024, 2024-05 o 2024-05-31</translation>
  </message>
  <message>
   <source>from 2023</source>
   <translation>de 2023</translation>
  </message>
  <message>
   <source>to 2024-05</source>
   <translation>a 2024-05</translation>
  </message>
  <message>
   <source>write 2024, 2024-05 or 2024-05-31</source>
   <translation>escriba 2024, 2024-05 o 2024-05-31</translation>
  </message>
  <message>
   <source>{date} is no date</source>
   <translation>{date} no es una fecha</translation>
  </message>
 </context>
 <context>
  <name>FinishingDialog</name>
  <message numerus="yes">
   <source>%n still to be written</source>
   <translation>
    <numerusform>queda %n por escribir</numerusform>
    <numerusform>quedan %n por escribir</numerusform>
   </translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>No salir</translation>
  </message>
  <message>
   <source>Finishing</source>
   <translation>Terminando</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>Fotos hechas</translation>
  </message>
  <message>
   <source>Quit now, leave the rest undecided</source>
   <translation>Salir ya y dejar el resto sin decidir</translation>
  </message>
  <message>
   <source>What you decided is being written.</source>
   <translation>Se está escribiendo lo que usted decidió.</translation>
  </message>
  <message>
   <source>tagger closes by itself when it is done.</source>
   <translation>tagger se cierra solo cuando termine.</translation>
  </message>
 </context>
 <context>
  <name>FolderTree</name>
  <message>
   <source>All folders</source>
   <translation>Todas las carpetas</translation>
  </message>
 </context>
 <context>
  <name>Inspector</name>
  <message>
   <source>Changes</source>
   <translation>Cambios</translation>
  </message>
  <message>
   <source>Choose a photo to see what is said of it.</source>
   <translation>Elija una foto para ver lo que se dice de ella.</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>Detalles</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historial</translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>Esta foto aún no tiene descripción.</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>Palabras</translation>
  </message>
 </context>
 <context>
  <name>JobStrip</name>
  <message numerus="yes">
   <source> (%n more waiting)</source>
   <translation>
    <numerusform> (%n tarea más en espera)</numerusform>
    <numerusform> (%n tareas más en espera)</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n failed</source>
   <translation>
    <numerusform>%n fallida</numerusform>
    <numerusform>%n fallidas</numerusform>
   </translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Cerrar</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Continuar</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pausa</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>Fotos hechas</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>Progreso</translation>
  </message>
  <message>
   <source>Show what failed</source>
   <translation>Mostrar lo que ha fallado</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Detener</translation>
  </message>
  <message>
   <source>nothing to do</source>
   <translation>nada que hacer</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} de {total}</translation>
  </message>
  <message>
   <source>{job}: could not go on</source>
   <translation>{job}: no ha podido continuar</translation>
  </message>
  <message>
   <source>{job}: done</source>
   <translation>{job}: hecho</translation>
  </message>
  <message>
   <source>{job}: paused</source>
   <translation>{job}: en pausa</translation>
  </message>
  <message>
   <source>{job}: stopped; start again to do what is left</source>
   <translation>{job}: detenido; vuelva a empezar para hacer el resto</translation>
  </message>
  <message>
   <source>{job}: stopping, the photos in hand are finished</source>
   <translation>{job}: deteniendo, se terminan las fotos empezadas</translation>
  </message>
 </context>
 <context>
  <name>LibraryBar</name>
  <message numerus="yes">
   <source>%n not saved</source>
   <translation>
    <numerusform>%n sin guardar</numerusform>
    <numerusform>%n sin guardar</numerusform>
   </translation>
  </message>
  <message>
   <source>1 photo</source>
   <translation>1 foto</translation>
  </message>
  <message>
   <source>Back to all</source>
   <translation>Volver a todas</translation>
  </message>
  <message>
   <source>Compare {count} more</source>
   <translation>Comparar {count} más</translation>
  </message>
  <message>
   <source>Confidence</source>
   <translation>Seguridad</translation>
  </message>
  <message>
   <source>Date captioned</source>
   <translation>Fecha de la descripción</translation>
  </message>
  <message>
   <source>Date taken</source>
   <translation>Fecha de la toma</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Nombre</translation>
  </message>
  <message>
   <source>Photos with changes that you typed and did not save; they are kept</source>
   <translation>Fotos con cambios que escribió y no guardó; se conservan</translation>
  </message>
  <message>
   <source>Reverse order</source>
   <translation>Orden inverso</translation>
  </message>
  <message>
   <source>Size of the pictures</source>
   <translation>Tamaño de las imágenes</translation>
  </message>
  <message>
   <source>Size of the pictures (Ctrl and the mouse wheel)</source>
   <translation>Tamaño de las imágenes (Ctrl y la rueda del ratón)</translation>
  </message>
  <message>
   <source>Sort by</source>
   <translation>Ordenar por</translation>
  </message>
  <message>
   <source>The model has to look at each of them once</source>
   <translation>El modelo tiene que mirar cada una una vez</translation>
  </message>
  <message>
   <source>changed and not saved</source>
   <translation>cambiadas y sin guardar</translation>
  </message>
  <message>
   <source>similar to {name}</source>
   <translation>parecida a {name}</translation>
  </message>
  <message>
   <source>{count} photos</source>
   <translation>{count} fotos</translation>
  </message>
  <message>
   <source>{photos}, {count} selected</source>
   <translation>{photos}, {count} seleccionadas</translation>
  </message>
 </context>
 <context>
  <name>LibrarySession</name>
  <message>
   <source>Captioning</source>
   <translation>Describiendo</translation>
  </message>
  <message>
   <source>Doing again</source>
   <translation>Rehaciendo</translation>
  </message>
  <message>
   <source>Taking off the list</source>
   <translation>Quitando de la lista</translation>
  </message>
  <message>
   <source>Taking our words out</source>
   <translation>Quitando nuestras palabras</translation>
  </message>
  <message>
   <source>Undoing</source>
   <translation>Deshaciendo</translation>
  </message>
 </context>
 <context>
  <name>LibraryView</name>
  <message>
   <source>No photo matches what you are looking for.</source>
   <translation>Ninguna foto coincide con lo que busca.</translation>
  </message>
  <message>
   <source>No photos here yet. Drop photos or a folder onto this window.</source>
   <translation>Aún no hay fotos. Suelte fotos o una carpeta en esta ventana.</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>Fotos</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Buscar</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>Mostrar todas las fotos</translation>
  </message>
 </context>
 <context>
  <name>Likening</name>
  <message>
   <source>Looking at photos</source>
   <translation>Mirando fotos</translation>
  </message>
 </context>
 <context>
  <name>Looking</name>
  <message>
   <source>Loading …</source>
   <translation>Cargando …</translation>
  </message>
  <message>
   <source>Looking where the model looked …</source>
   <translation>Mirando adónde miró el modelo …</translation>
  </message>
  <message>
   <source>No part of the photo matters for “{word}”</source>
   <translation>Ninguna parte de la foto importa para «{word}»</translation>
  </message>
  <message>
   <source>Photo {name}</source>
   <translation>Foto {name}</translation>
  </message>
  <message>
   <source>The model has no other tags for this photo</source>
   <translation>El modelo no tiene otras etiquetas para esta foto</translation>
  </message>
  <message>
   <source>Where “{word}” comes from</source>
   <translation>De dónde viene «{word}»</translation>
  </message>
  <message>
   <source>“{word}” is not a word of the model's caption</source>
   <translation>«{word}» no es una palabra de la descripción del modelo</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>A report is in {file}; it stays on this computer.</source>
   <translation>Hay un informe en {file}; se queda en este ordenador.</translation>
  </message>
  <message>
   <source>Caption photos</source>
   <translation>Describir fotos</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>Detalles</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historial</translation>
  </message>
  <message>
   <source>No photo is lost; you can go on working.</source>
   <translation>No se ha perdido ninguna foto; puede seguir trabajando.</translation>
  </message>
  <message>
   <source>No report could be written.</source>
   <translation>No se pudo escribir ningún informe.</translation>
  </message>
  <message>
   <source>Open a folder of photos</source>
   <translation>Abrir una carpeta de fotos</translation>
  </message>
  <message>
   <source>Photos ({suffixes})</source>
   <translation>Fotos ({suffixes})</translation>
  </message>
  <message>
   <source>Something went wrong that should not have. It is a mistake in tagger.</source>
   <translation>Algo ha ido mal que no debía. Es un error de tagger.</translation>
  </message>
 </context>
 <context>
  <name>ModelsDialog</name>
  <message>
   <source>Add a model…</source>
   <translation>Añadir un modelo…</translation>
  </message>
  <message>
   <source>Checking {name} …</source>
   <translation>Comprobando {name} …</translation>
  </message>
  <message>
   <source>Compare…</source>
   <translation>Comparar…</translation>
  </message>
  <message>
   <source>Drop a model here to add it: a folder, or a file .taggerbundle.</source>
   <translation>Suelte aquí un modelo para añadirlo: una carpeta o un archivo .taggerbundle.</translation>
  </message>
  <message>
   <source>How fast it is on this computer is not measured yet.</source>
   <translation>Su velocidad en este ordenador aún no se ha medido.</translation>
  </message>
  <message>
   <source>Measure its speed</source>
   <translation>Medir su velocidad</translation>
  </message>
  <message>
   <source>Measuring for {seconds} seconds …</source>
   <translation>Midiendo durante {seconds} segundos …</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelos</translation>
  </message>
  <message>
   <source>Photos to compare on</source>
   <translation>Fotos para comparar</translation>
  </message>
  <message>
   <source>Teach the model the words of your corrections</source>
   <translation>Enseñar al modelo las palabras de sus correcciones</translation>
  </message>
  <message>
   <source>Teach…</source>
   <translation>Enseñar…</translation>
  </message>
  <message>
   <source>The folder of a model</source>
   <translation>La carpeta de un modelo</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>Usarlo</translation>
  </message>
  <message>
   <source>What this model and the one in use say of the same photos</source>
   <translation>Lo que este modelo y el que está en uso dicen de las mismas fotos</translation>
  </message>
  <message>
   <source>came along</source>
   <translation>incluido</translation>
  </message>
  <message>
   <source>in use</source>
   <translation>en uso</translation>
  </message>
  <message>
   <source>tag precision</source>
   <translation>precisión de etiquetas</translation>
  </message>
  <message>
   <source>{megabytes} MB</source>
   <translation>{megabytes} MB</translation>
  </message>
  <message>
   <source>{rate} captions/s on this computer, on {provider}.</source>
   <translation>{rate} descripciones/s en este ordenador, con {provider}.</translation>
  </message>
 </context>
 <context>
  <name>Notice</name>
  <message>
   <source>Close</source>
   <translation>Cerrar</translation>
  </message>
  <message>
   <source>Problem</source>
   <translation>Problema</translation>
  </message>
 </context>
 <context>
  <name>PhotoDetails</name>
  <message>
   <source>Caption in the file</source>
   <translation>Descripción en el archivo</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Descrita</translation>
  </message>
  <message>
   <source>Details of the photo</source>
   <translation>Detalles de la foto</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Archivo</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Carpeta</translation>
  </message>
  <message>
   <source>Identity</source>
   <translation>Identidad</translation>
  </message>
  <message>
   <source>Keywords in the file</source>
   <translation>Palabras clave en el archivo</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modelo</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Ejecución</translation>
  </message>
  <message>
   <source>Sidecar</source>
   <translation>Archivo adjunto</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Tamaño</translation>
  </message>
  <message>
   <source>Sureness</source>
   <translation>Seguridad</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>Tomada</translation>
  </message>
  <message>
   <source>Written by</source>
   <translation>Escrito por</translation>
  </message>
  <message>
   <source>{share} a word</source>
   <translation>{share} por palabra</translation>
  </message>
 </context>
 <context>
  <name>PhotoHistory</name>
  <message>
   <source>History of this photo</source>
   <translation>Historial de esta foto</translation>
  </message>
  <message>
   <source>Nothing was written into this photo yet.</source>
   <translation>Aún no se ha escrito nada en esta foto.</translation>
  </message>
  <message>
   <source>Put back what was there before</source>
   <translation>Volver a poner lo que había antes</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Deshacer</translation>
  </message>
  <message>
   <source>Undo: {what}, {when}</source>
   <translation>Deshacer: {what}, {when}</translation>
  </message>
 </context>
 <context>
  <name>PictureView</name>
  <message>
   <source>Every pixel</source>
   <translation>Cada píxel</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Foto</translation>
  </message>
  <message>
   <source>Plus and minus zoom, 0 fits the window, 1 shows every pixel</source>
   <translation>Más y menos amplían y reducen, 0 ajusta a la ventana, 1 muestra cada píxel</translation>
  </message>
  <message>
   <source>Whole photo</source>
   <translation>Foto entera</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>Ampliar</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>Reducir</translation>
  </message>
 </context>
 <context>
  <name>Review</name>
  <message>
   <source>Looking for photos that wait for you …</source>
   <translation>Buscando fotos que le esperan …</translation>
  </message>
  <message>
   <source>No photo waits for you. Captions that are not written yet appear here.</source>
   <translation>Ninguna foto le espera. Las descripciones aún no escritas aparecen aquí.</translation>
  </message>
  <message numerus="yes">
   <source>That was all: %n decided, {left} left undecided.</source>
   <translation>
    <numerusform>Eso era todo: %n decidida, {left} sin decidir.</numerusform>
    <numerusform>Eso era todo: %n decididas, {left} sin decidir.</numerusform>
   </translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>Esta foto aún no tiene descripción.</translation>
  </message>
  <message>
   <source>approved</source>
   <translation>aprobada</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>rechazada</translation>
  </message>
  <message>
   <source>the decision was stopped before it was written</source>
   <translation>la decisión se detuvo antes de escribirse</translation>
  </message>
  <message>
   <source>{at} of {all}</source>
   <translation>{at} de {all}</translation>
  </message>
  <message>
   <source>{count} still to be written</source>
   <translation>{count} por escribir</translation>
  </message>
  <message>
   <source>{count} to decide</source>
   <translation>{count} por decidir</translation>
  </message>
 </context>
 <context>
  <name>ReviewPage</name>
  <message>
   <source>Back to the library</source>
   <translation>Volver a la biblioteca</translation>
  </message>
  <message>
   <source>Close the review</source>
   <translation>Cerrar la revisión</translation>
  </message>
  <message>
   <source>Enter approves  ·  Backspace rejects  ·  Right and Left turn  ·  E edits  ·  U takes back</source>
   <translation>Intro aprueba  ·  Retroceso rechaza  ·  Derecha e izquierda pasan  ·  E edita  ·  U deshace</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>Mirar otra vez</translation>
  </message>
 </context>
 <context>
  <name>SelectionPage</name>
  <message numerus="yes">
   <source>%n photos selected</source>
   <translation>
    <numerusform>%n foto seleccionada</numerusform>
    <numerusform>%n fotos seleccionadas</numerusform>
   </translation>
  </message>
  <message>
   <source>Tags: {tags}</source>
   <translation>Etiquetas: {tags}</translation>
  </message>
  <message>
   <source>The first {count}: {text}</source>
   <translation>Las primeras {count}: {text}</translation>
  </message>
 </context>
 <context>
  <name>SettingsDialog</name>
  <message>
   <source>All libraries</source>
   <translation>Todas las bibliotecas</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>Como el escritorio</translation>
  </message>
  <message>
   <source>It changes when the program is started again.</source>
   <translation>Cambia cuando se vuelve a iniciar el programa.</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Idioma</translation>
  </message>
  <message>
   <source>Of this program; captions are in the language of the model.</source>
   <translation>El de este programa; las descripciones están en el idioma del modelo.</translation>
  </message>
  <message>
   <source>Only “{library}”</source>
   <translation>Solo «{library}»</translation>
  </message>
  <message>
   <source>Photos, captions and tags never leave this computer: the model runs here, without a network.</source>
   <translation>Las fotos, descripciones y etiquetas nunca salen de este ordenador: el modelo funciona aquí, sin red.</translation>
  </message>
  <message>
   <source>Privacy</source>
   <translation>Privacidad</translation>
  </message>
  <message>
   <source>Reports of crashes are files on this computer. You decide whether anybody gets one.</source>
   <translation>Los informes de fallos son archivos en este ordenador. Usted decide si alguien recibe uno.</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Ajustes</translation>
  </message>
  <message>
   <source>Settings are in {file}.</source>
   <translation>Los ajustes están en {file}.</translation>
  </message>
  <message>
   <source>The index and the undo history are in the folder .tagger of each library.</source>
   <translation>El índice y el historial para deshacer están en la carpeta .tagger de cada biblioteca.</translation>
  </message>
  <message>
   <source>There is no account, no count of what you do, and no look for updates.</source>
   <translation>No hay cuenta, ni recuento de lo que usted hace, ni búsqueda de actualizaciones.</translation>
  </message>
  <message>
   <source>There is nothing to choose here, because nothing is sent.</source>
   <translation>Aquí no hay nada que elegir, porque no se envía nada.</translation>
  </message>
  <message>
   <source>These settings hold for</source>
   <translation>Estos ajustes valen para</translation>
  </message>
 </context>
 <context>
  <name>TagChips</name>
  <message>
   <source>Add a tag</source>
   <translation>Añadir una etiqueta</translation>
  </message>
  <message>
   <source>Suggest more</source>
   <translation>Proponer más</translation>
  </message>
  <message>
   <source>Tags of which the model is not sure enough to write them by itself</source>
   <translation>Etiquetas de las que el modelo no está bastante seguro para escribirlas por sí mismo</translation>
  </message>
 </context>
 <context>
  <name>TeachDialog</name>
  <message>
   <source>Beginning …</source>
   <translation>Empezando…</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Cancelar</translation>
  </message>
  <message>
   <source>Found again</source>
   <translation>Reencontradas</translation>
  </message>
  <message>
   <source>Learn my captions too (takes minutes)</source>
   <translation>Aprender también mis descripciones (tarda minutos)</translation>
  </message>
  <message>
   <source>Looking at your corrections …</source>
   <translation>Mirando sus correcciones…</translation>
  </message>
  <message>
   <source>On others</source>
   <translation>En otras</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>Fotos</translation>
  </message>
  <message>
   <source>Stopped. Nothing was kept.</source>
   <translation>Detenido. No se ha guardado nada.</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>Deteniendo…</translation>
  </message>
  <message>
   <source>Tag</source>
   <translation>Etiqueta</translation>
  </message>
  <message>
   <source>Take it back</source>
   <translation>Deshacer</translation>
  </message>
  <message>
   <source>Teach</source>
   <translation>Enseñar</translation>
  </message>
  <message>
   <source>Teach the model your words</source>
   <translation>Enseñar sus palabras al modelo</translation>
  </message>
  <message>
   <source>What was learned</source>
   <translation>Lo que se aprendió</translation>
  </message>
  <message>
   <source>off</source>
   <translation>desactivada</translation>
  </message>
  <message>
   <source>{approved} photos approved, {edited} corrected, {rejected} rejected; {added} tags put in, {removed} taken out.</source>
   <translation>{approved} fotos aprobadas, {edited} corregidas, {rejected} rechazadas; {added} etiquetas añadidas, {removed} quitadas.</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} de {total}</translation>
  </message>
  <message>
   <source>{model} is used again.</source>
   <translation>Se vuelve a usar {model}.</translation>
  </message>
  <message>
   <source>{model} is used from now on. Photos change when you have them captioned again.</source>
   <translation>A partir de ahora se usa {model}. Las fotos cambian cuando pide describirlas de nuevo.</translation>
  </message>
 </context>
 <context>
  <name>Tray</name>
  <message>
   <source>Go on</source>
   <translation>Continuar</translation>
  </message>
  <message>
   <source>Go on watching</source>
   <translation>Seguir vigilando</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pausa</translation>
  </message>
  <message>
   <source>Pause watching</source>
   <translation>Pausar la vigilancia</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>Salir</translation>
  </message>
  <message>
   <source>Show the window</source>
   <translation>Mostrar la ventana</translation>
  </message>
  <message>
   <source>Watched folders</source>
   <translation>Carpetas vigiladas</translation>
  </message>
  <message>
   <source>Watching is paused; {count} wait.</source>
   <translation>La vigilancia está en pausa; {count} en espera.</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>Vigilando; {count} en espera.</translation>
  </message>
 </context>
 <context>
  <name>UndoPanel</name>
  <message>
   <source>Also what later runs did to these photos</source>
   <translation>También lo que ejecuciones posteriores hicieron a estas fotos</translation>
  </message>
  <message>
   <source>Do it again</source>
   <translation>Rehacer</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historial</translation>
  </message>
  <message>
   <source>Nothing was written in this library yet.</source>
   <translation>Aún no se ha escrito nada en esta biblioteca.</translation>
  </message>
  <message>
   <source>Otherwise a photo that a later run changed too is left as it is, and listed as failed.</source>
   <translation>Si no, una foto que cambió también una ejecución posterior se deja como está y figura entre las fallidas.</translation>
  </message>
  <message>
   <source>Run {run}</source>
   <translation>Ejecución {run}</translation>
  </message>
  <message>
   <source>Undo this run</source>
   <translation>Deshacer esta ejecución</translation>
  </message>
  <message>
   <source>What it changed</source>
   <translation>Lo que cambió</translation>
  </message>
  <message>
   <source>What the run changed</source>
   <translation>Lo que la ejecución cambió</translation>
  </message>
  <message>
   <source>… and more</source>
   <translation>… y más</translation>
  </message>
 </context>
 <context>
  <name>WatchingDialog</name>
  <message>
   <source>A folder to watch</source>
   <translation>Una carpeta para vigilar</translation>
  </message>
  <message>
   <source>Add a folder…</source>
   <translation>Añadir una carpeta…</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Continuar</translation>
  </message>
  <message>
   <source>Nothing is watched now.</source>
   <translation>Ahora no se vigila nada.</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pausa</translation>
  </message>
  <message>
   <source>Paused by you: photos that arrive wait.</source>
   <translation>En pausa por usted: las fotos que llegan esperan.</translation>
  </message>
  <message>
   <source>Paused: {reason}.</source>
   <translation>En pausa: {reason}.</translation>
  </message>
  <message>
   <source>Photos that arrive in these folders are captioned by themselves, from login on, also while this window is closed. On battery it pauses.</source>
   <translation>Las fotos que llegan a estas carpetas se describen solas, desde el inicio de sesión, también con esta ventana cerrada. Con batería hace una pausa.</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Quitar</translation>
  </message>
  <message>
   <source>So far: {counts}.</source>
   <translation>Hasta ahora: {counts}.</translation>
  </message>
  <message>
   <source>Stop watching</source>
   <translation>Dejar de vigilar</translation>
  </message>
  <message>
   <source>Watch folders</source>
   <translation>Vigilar carpetas</translation>
  </message>
  <message>
   <source>Watch from now on</source>
   <translation>Vigilar desde ahora</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>Vigilando; {count} en espera.</translation>
  </message>
  <message>
   <source>What arrives meanwhile waits; it holds after a restart too</source>
   <translation>Lo que llega entretanto espera; también vale tras un reinicio</translation>
  </message>
  <message>
   <source>on battery</source>
   <translation>con batería</translation>
  </message>
  <message>
   <source>quiet hours {hours}</source>
   <translation>horas de silencio {hours}</translation>
  </message>
 </context>
 <context>
  <name>Welcome</name>
  <message>
   <source>Captions and tags for your photos</source>
   <translation>Descripciones y etiquetas para sus fotos</translation>
  </message>
  <message>
   <source>Every photo gets a sentence and tags, written where other photo programs read them.
Nothing leaves this computer, and everything can be undone to the byte.</source>
   <translation>Cada foto recibe una frase y etiquetas, donde otros programas de fotos las leen.
Nada sale de este ordenador, y todo se puede deshacer byte por byte.</translation>
  </message>
  <message>
   <source>Opened before</source>
   <translation>Abiertas antes</translation>
  </message>
 </context>
 <context>
  <name>WordsPanel</name>
  <message>
   <source>Caption</source>
   <translation>Descripción</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Etiquetas</translation>
  </message>
 </context>
 <context>
  <name>_Card</name>
  <message>
   <source>What the model's maker says</source>
   <translation>Lo que dice el autor del modelo</translation>
  </message>
 </context>
 <context>
  <name>_DropArea</name>
  <message>
   <source>Choose photos…</source>
   <translation>Elegir fotos…</translation>
  </message>
  <message>
   <source>Drop photos or a folder here</source>
   <translation>Suelte aquí fotos o una carpeta</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>Abrir una carpeta…</translation>
  </message>
 </context>
 <context>
  <name>_Veil</name>
  <message>
   <source>Drop to caption</source>
   <translation>Soltar para describir</translation>
  </message>
 </context>
 <context>
  <name>about</name>
  <message>
   <source>The texts of these licences are installed with each of them.</source>
   <translation>Los textos de estas licencias se instalan con cada una de estas partes.</translation>
  </message>
 </context>
 <context>
  <name>actions</name>
  <message>
   <source>&amp;About tagger</source>
   <translation>&amp;Acerca de tagger</translation>
  </message>
  <message>
   <source>&amp;Approve first</source>
   <translation>&amp;Aprobar antes</translation>
  </message>
  <message>
   <source>&amp;Close the library</source>
   <translation>&amp;Cerrar la biblioteca</translation>
  </message>
  <message>
   <source>&amp;Colours</source>
   <translation>&amp;Colores</translation>
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation>&amp;Oscuro</translation>
  </message>
  <message>
   <source>&amp;Edit</source>
   <translation>&amp;Editar</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>&amp;Archivo</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>A&amp;yuda</translation>
  </message>
  <message>
   <source>&amp;Light</source>
   <translation>&amp;Claro</translation>
  </message>
  <message>
   <source>&amp;Models…</source>
   <translation>&amp;Modelos…</translation>
  </message>
  <message>
   <source>&amp;Photos</source>
   <translation>&amp;Fotos</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>&amp;Salir</translation>
  </message>
  <message>
   <source>&amp;Redo</source>
   <translation>&amp;Rehacer</translation>
  </message>
  <message>
   <source>&amp;Review</source>
   <translation>&amp;Revisión</translation>
  </message>
  <message>
   <source>&amp;Settings…</source>
   <translation>A&amp;justes…</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>&amp;Deshacer</translation>
  </message>
  <message>
   <source>&amp;Undo the selected photos' last change</source>
   <translation>&amp;Deshacer el último cambio de las fotos seleccionadas</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>&amp;Ver</translation>
  </message>
  <message>
   <source>&amp;Watch folders…</source>
   <translation>&amp;Vigilar carpetas…</translation>
  </message>
  <message>
   <source>Add a tag</source>
   <translation>Añadir una etiqueta</translation>
  </message>
  <message>
   <source>Approve</source>
   <translation>Aprobar</translation>
  </message>
  <message>
   <source>As the &amp;desktop</source>
   <translation>Como el &amp;escritorio</translation>
  </message>
  <message>
   <source>Caption &amp;photos…</source>
   <translation>Describir &amp;fotos…</translation>
  </message>
  <message>
   <source>Caption the &amp;selected photos</source>
   <translation>Describir las fotos &amp;seleccionadas</translation>
  </message>
  <message>
   <source>Caption what is &amp;new</source>
   <translation>Describir lo &amp;nuevo</translation>
  </message>
  <message>
   <source>Caption what was c&amp;opied</source>
   <translation>Describir lo c&amp;opiado</translation>
  </message>
  <message>
   <source>Captions stay in the index; nothing is written into a photo until you approve</source>
   <translation>Las descripciones se quedan en el índice; no se escribe nada en una foto hasta que usted apruebe</translation>
  </message>
  <message>
   <source>Copy the caption</source>
   <translation>Copiar la descripción</translation>
  </message>
  <message>
   <source>Copy the path</source>
   <translation>Copiar la ruta</translation>
  </message>
  <message>
   <source>Do again what was undone last</source>
   <translation>Rehacer lo último que se deshizo</translation>
  </message>
  <message>
   <source>Edit the caption</source>
   <translation>Editar la descripción</translation>
  </message>
  <message>
   <source>Find similar photos</source>
   <translation>Buscar fotos parecidas</translation>
  </message>
  <message>
   <source>Library</source>
   <translation>Biblioteca</translation>
  </message>
  <message>
   <source>Look for new photos</source>
   <translation>Buscar fotos nuevas</translation>
  </message>
  <message>
   <source>Look through the whole library and caption what is new (F5)</source>
   <translation>Recorrer toda la biblioteca y describir lo nuevo (F5)</translation>
  </message>
  <message>
   <source>No library</source>
   <translation>Ninguna biblioteca</translation>
  </message>
  <message>
   <source>Open a &amp;folder…</source>
   <translation>Abrir una car&amp;peta…</translation>
  </message>
  <message>
   <source>Open a folder, and caption what is new in it (Ctrl+O)</source>
   <translation>Abrir una carpeta y describir lo que hay de nuevo en ella (Ctrl+O)</translation>
  </message>
  <message>
   <source>Open with another program</source>
   <translation>Abrir con otro programa</translation>
  </message>
  <message>
   <source>Opened &amp;before</source>
   <translation>Abiertas an&amp;tes</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Rechazar</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>Seleccionar todo</translation>
  </message>
  <message>
   <source>Show in its folder</source>
   <translation>Mostrar en su carpeta</translation>
  </message>
  <message>
   <source>Show large</source>
   <translation>Ver en grande</translation>
  </message>
  <message>
   <source>Switch to another library</source>
   <translation>Cambiar a otra biblioteca</translation>
  </message>
  <message>
   <source>Take off the list…</source>
   <translation>Quitar de la lista…</translation>
  </message>
  <message>
   <source>Take our words &amp;out of the selected photos</source>
   <translation>&amp;Quitar nuestras palabras de las fotos seleccionadas</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>Herramientas</translation>
  </message>
  <message>
   <source>Undo the last run (Ctrl+Z)</source>
   <translation>Deshacer la última ejecución (Ctrl+Z)</translation>
  </message>
 </context>
 <context>
  <name>deciding</name>
  <message>
   <source>Approving</source>
   <translation>Aprobando</translation>
  </message>
  <message>
   <source>Rejecting</source>
   <translation>Rechazando</translation>
  </message>
 </context>
 <context>
  <name>history</name>
  <message>
   <source>Approved</source>
   <translation>Aprobada</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Descrita</translation>
  </message>
  <message>
   <source>Captioned again</source>
   <translation>Descrita de nuevo</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>Editada</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>Nuestras palabras quitadas</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Rechazada</translation>
  </message>
  <message>
   <source>Undone</source>
   <translation>Deshecha</translation>
  </message>
  <message>
   <source>being taken back</source>
   <translation>deshaciéndose</translation>
  </message>
  <message>
   <source>changed by another program</source>
   <translation>cambiado por otro programa</translation>
  </message>
  <message>
   <source>in the file</source>
   <translation>en el archivo</translation>
  </message>
  <message>
   <source>never reached the file</source>
   <translation>nunca llegó al archivo</translation>
  </message>
  <message>
   <source>taken back</source>
   <translation>deshecho</translation>
  </message>
  <message>
   <source>under way</source>
   <translation>en curso</translation>
  </message>
 </context>
 <context>
  <name>opening</name>
  <message>
   <source>drop photos (JPEG, PNG, HEIC, RAW …) or folders of them</source>
   <translation>suelte fotos (JPEG, PNG, HEIC, RAW …) o carpetas de ellas</translation>
  </message>
  <message>
   <source>{names}: no photo and no folder</source>
   <translation>{names}: ni foto ni carpeta</translation>
  </message>
 </context>
 <context>
  <name>questions</name>
  <message>
   <source>Cancel</source>
   <translation>Cancelar</translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>No salir</translation>
  </message>
  <message>
   <source>Go on working</source>
   <translation>Seguir trabajando</translation>
  </message>
  <message>
   <source>Only those whose files are gone. What was said of them and never written into a file is lost.</source>
   <translation>Solo aquellas cuyos archivos ya no están. Lo que se dijo de ellas y nunca se escribió en un archivo se pierde.</translation>
  </message>
  <message>
   <source>Our words are taken out and these photos are not captioned again. You can undo it.</source>
   <translation>Se quitan nuestras palabras y estas fotos no se describen más. Puede deshacerlo.</translation>
  </message>
  <message>
   <source>Photos are still being worked on.</source>
   <translation>Aún se está trabajando en fotos.</translation>
  </message>
  <message>
   <source>Quit nevertheless</source>
   <translation>Salir de todos modos</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Rechazar</translation>
  </message>
  <message numerus="yes">
   <source>Reject the captions of %n photos?</source>
   <translation>
    <numerusform>¿Rechazar la descripción de %n foto?</numerusform>
    <numerusform>¿Rechazar las descripciones de %n fotos?</numerusform>
   </translation>
  </message>
  <message>
   <source>Stop and quit</source>
   <translation>Detener y salir</translation>
  </message>
  <message numerus="yes">
   <source>Take %n photos off the list?</source>
   <translation>
    <numerusform>¿Quitar %n foto de la lista?</numerusform>
    <numerusform>¿Quitar %n fotos de la lista?</numerusform>
   </translation>
  </message>
  <message>
   <source>Take off the list</source>
   <translation>Quitar de la lista</translation>
  </message>
  <message>
   <source>Take this photo off the list?</source>
   <translation>¿Quitar esta foto de la lista?</translation>
  </message>
  <message>
   <source>The photos in hand are finished. What is left can be done at the next start.</source>
   <translation>Se terminan las fotos empezadas. El resto se puede hacer en el próximo inicio.</translation>
  </message>
  <message>
   <source>What you typed and did not save would be lost.</source>
   <translation>Se perdería lo que escribió y no guardó.</translation>
  </message>
 </context>
 <context>
  <name>runs</name>
  <message>
   <source>Approved</source>
   <translation>Aprobada</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Descrita</translation>
  </message>
  <message>
   <source>Captioned anew</source>
   <translation>Descritas de nuevo</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>Editada</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>Nuestras palabras quitadas</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Rechazada</translation>
  </message>
  <message>
   <source>Undone, keeping others' changes</source>
   <translation>Deshechas, conservando los cambios de otros</translation>
  </message>
  <message>
   <source>undone</source>
   <translation>deshecha</translation>
  </message>
  <message>
   <source>{action}: {count} changes</source>
   <translation>{action}: {count} cambios</translation>
  </message>
  <message>
   <source>{count} changed by another program</source>
   <translation>{count} cambiadas por otro programa</translation>
  </message>
  <message>
   <source>{count} undone</source>
   <translation>{count} deshechas</translation>
  </message>
 </context>
 <context>
  <name>settings</name>
  <message>
   <source>0: the model decides for each tag.</source>
   <translation>0: el modelo decide para cada etiqueta.</translation>
  </message>
  <message>
   <source>A caption that a person, or another program, wrote before.</source>
   <translation>Una descripción que una persona u otro programa escribió antes.</translation>
  </message>
  <message>
   <source>A caption that you approved is never changed.</source>
   <translation>Una descripción que usted aprobó nunca se cambia.</translation>
  </message>
  <message>
   <source>A dog on a beach</source>
   <translation>A dog on a beach</translation>
  </message>
  <message>
   <source>A dog on a beach.</source>
   <translation>A dog on a beach.</translation>
  </message>
  <message>
   <source>A graphics card needs the package onnxruntime-gpu.</source>
   <translation>Una tarjeta gráfica necesita el paquete onnxruntime-gpu.</translation>
  </message>
  <message>
   <source>A sidecar is a small XMP file beside the photo.</source>
   <translation>Un archivo adjunto es un pequeño archivo XMP junto a la foto.</translation>
  </message>
  <message>
   <source>As the model says it</source>
   <translation>Como lo dice el modelo</translation>
  </message>
  <message>
   <source>As they are</source>
   <translation>Como están</translation>
  </message>
  <message>
   <source>As usual: the best of several</source>
   <translation>Como siempre: la mejor de varias</translation>
  </message>
  <message>
   <source>Ask me below a score of</source>
   <translation>Preguntarme por debajo de</translation>
  </message>
  <message>
   <source>At least so sure</source>
   <translation>Seguridad mínima</translation>
  </message>
  <message>
   <source>Before every tag</source>
   <translation>Antes de cada etiqueta</translation>
  </message>
  <message>
   <source>Behind every tag</source>
   <translation>Detrás de cada etiqueta</translation>
  </message>
  <message>
   <source>Capital letters</source>
   <translation>Mayúsculas</translation>
  </message>
  <message>
   <source>Captions</source>
   <translation>Descripciones</translation>
  </message>
  <message>
   <source>Captions that score less wait for your review. 0: none waits.</source>
   <translation>Las descripciones con menos valor esperan su revisión. 0: ninguna espera.</translation>
  </message>
  <message>
   <source>Choose a folder</source>
   <translation>Elegir una carpeta</translation>
  </message>
  <message>
   <source>Do not say man or woman</source>
   <translation>No decir hombre ni mujer</translation>
  </message>
  <message>
   <source>Each Word</source>
   <translation>Cada Palabra</translation>
  </message>
  <message>
   <source>Fields for hierarchies</source>
   <translation>Campos para jerarquías</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>Archivos</translation>
  </message>
  <message>
   <source>First word</source>
   <translation>Primera palabra</translation>
  </message>
  <message>
   <source>For every photo; photos stay as they are</source>
   <translation>Para cada foto; las fotos se quedan como están</translation>
  </message>
  <message>
   <source>Graphics card (CUDA)</source>
   <translation>Tarjeta gráfica (CUDA)</translation>
  </message>
  <message>
   <source>How a caption is written</source>
   <translation>Cómo se escribe una descripción</translation>
  </message>
  <message>
   <source>In every photo</source>
   <translation>En cada foto</translation>
  </message>
  <message>
   <source>In so many megabytes</source>
   <translation>En tantos megabytes</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>Conservarla</translation>
  </message>
  <message>
   <source>Keep so many days</source>
   <translation>Guardar tantos días</translation>
  </message>
  <message>
   <source>Leave the date of change as it was</source>
   <translation>Dejar la fecha de cambio como estaba</translation>
  </message>
  <message>
   <source>Little: the first that is found</source>
   <translation>Poco: la primera que se encuentra</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modelo</translation>
  </message>
  <message>
   <source>Model and speed</source>
   <translation>Modelo y velocidad</translation>
  </message>
  <message>
   <source>More are slower, and a little better.</source>
   <translation>Más son más lentas, y un poco mejores.</translation>
  </message>
  <message>
   <source>Most tags a photo</source>
   <translation>Máximo de etiquetas por foto</translation>
  </message>
  <message>
   <source>Much: the best of many, slower</source>
   <translation>Mucho: la mejor de muchas, más lento</translation>
  </message>
  <message>
   <source>My own words</source>
   <translation>Mis propias palabras</translation>
  </message>
  <message>
   <source>Name of a new sidecar</source>
   <translation>Nombre de un nuevo archivo adjunto</translation>
  </message>
  <message>
   <source>Names are labels of the model, or the words you write for them. * stands for any text.</source>
   <translation>Los nombres son etiquetas del modelo, o las palabras que usted escribe por ellas. * vale por cualquier texto.</translation>
  </message>
  <message>
   <source>Never</source>
   <translation>Nunca</translation>
  </message>
  <message>
   <source>Never these</source>
   <translation>Estas nunca</translation>
  </message>
  <message>
   <source>One a line: dog = Hund</source>
   <translation>Una por línea: dog = Hund</translation>
  </message>
  <message>
   <source>One a line: dog = pet, animal</source>
   <translation>Una por línea: dog = pet, animal</translation>
  </message>
  <message>
   <source>One a line: person = 0.8</source>
   <translation>Una por línea: person = 0.8</translation>
  </message>
  <message>
   <source>Only these</source>
   <translation>Solo estas</translation>
  </message>
  <message>
   <source>Otherwise captions and tags are kept in the index only, where search finds them.</source>
   <translation>Si no, descripciones y etiquetas se guardan solo en el índice, donde la búsqueda las encuentra.</translation>
  </message>
  <message>
   <source>Parents</source>
   <translation>Superiores</translation>
  </message>
  <message>
   <source>Photos at once</source>
   <translation>Fotos a la vez</translation>
  </message>
  <message>
   <source>Photos with several names</source>
   <translation>Fotos con varios nombres</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>Procesador</translation>
  </message>
  <message>
   <source>Put ours behind it</source>
   <translation>Poner la nuestra detrás</translation>
  </message>
  <message>
   <source>Put ours in its place</source>
   <translation>Poner la nuestra en su lugar</translation>
  </message>
  <message>
   <source>Runs on</source>
   <translation>Funciona en</translation>
  </message>
  <message>
   <source>Sentences weighed side by side</source>
   <translation>Frases sopesadas a la vez</translation>
  </message>
  <message>
   <source>Several are separated by commas.</source>
   <translation>Varias se separan con comas.</translation>
  </message>
  <message>
   <source>Sidecars</source>
   <translation>Archivos adjuntos</translation>
  </message>
  <message>
   <source>So sure for single tags</source>
   <translation>Seguridad para algunas etiquetas</translation>
  </message>
  <message>
   <source>Some backup programs give one file several names.</source>
   <translation>Algunos programas de copia de seguridad dan varios nombres a un archivo.</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Etiquetas</translation>
  </message>
  <message>
   <source>Take it out of these settings</source>
   <translation>Quitarlo de estos ajustes</translation>
  </message>
  <message>
   <source>The folder of a model.</source>
   <translation>La carpeta de un modelo.</translation>
  </message>
  <message>
   <source>The model guesses it, and is often wrong: person says as much.</source>
   <translation>El modelo lo adivina y se equivoca a menudo: «person» dice lo mismo.</translation>
  </message>
  <message>
   <source>The picture itself is never touched, only the words that are stored with it.</source>
   <translation>La imagen misma nunca se toca, solo las palabras guardadas con ella.</translation>
  </message>
  <message>
   <source>Those of Lightroom and digiKam.</source>
   <translation>Los de Lightroom y digiKam.</translation>
  </message>
  <message>
   <source>Threads that read photos</source>
   <translation>Hilos que leen fotos</translation>
  </message>
  <message>
   <source>Trouble taken over a caption</source>
   <translation>Esfuerzo por cada descripción</translation>
  </message>
  <message>
   <source>UPPER CASE</source>
   <translation>MAYÚSCULAS</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Deshacer</translation>
  </message>
  <message>
   <source>What is older, or does not fit, can no longer be undone.</source>
   <translation>Lo que es más antiguo, o no cabe, ya no se puede deshacer.</translation>
  </message>
  <message>
   <source>What is slow on one computer may be right on another: Models in the menu measures it.</source>
   <translation>Lo que es lento en un ordenador puede ir bien en otro: Modelos, en el menú, lo mide.</translation>
  </message>
  <message>
   <source>Whatever is there</source>
   <translation>Lo que haya</translation>
  </message>
  <message>
   <source>Where a photo has a caption</source>
   <translation>Donde una foto tiene descripción</translation>
  </message>
  <message>
   <source>Where the model has learned to choose among several.</source>
   <translation>Donde el modelo ha aprendido a elegir entre varias.</translation>
  </message>
  <message>
   <source>Where the photo cannot hold words, or has one</source>
   <translation>Donde la foto no admite palabras o ya tiene uno</translation>
  </message>
  <message>
   <source>Where the photo has them</source>
   <translation>Donde la foto los tiene</translation>
  </message>
  <message>
   <source>Write a sidecar</source>
   <translation>Escribir un archivo adjunto</translation>
  </message>
  <message>
   <source>Write into the photos</source>
   <translation>Escribir en las fotos</translation>
  </message>
  <message>
   <source>Write parents as tags too</source>
   <translation>Escribir también las superiores como etiquetas</translation>
  </message>
  <message>
   <source>Write the photo, which separates the names</source>
   <translation>Escribir la foto, lo que separa los nombres</translation>
  </message>
  <message>
   <source>a dog on a beach</source>
   <translation>a dog on a beach</translation>
  </message>
  <message>
   <source>all that the model knows</source>
   <translation>todas las que el modelo conoce</translation>
  </message>
  <message>
   <source>as many as suit</source>
   <translation>cuantos convengan</translation>
  </message>
  <message>
   <source>as the model has it</source>
   <translation>como lo tiene el modelo</translation>
  </message>
  <message>
   <source>lower case</source>
   <translation>minúsculas</translation>
  </message>
  <message>
   <source>no limit</source>
   <translation>sin límite</translation>
  </message>
  <message>
   <source>none</source>
   <translation>ninguna</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>nada</translation>
  </message>
  <message>
   <source>photo.jpg.xmp (darktable, digiKam)</source>
   <translation>photo.jpg.xmp (darktable, digiKam)</translation>
  </message>
  <message>
   <source>photo.xmp (Lightroom, Capture One)</source>
   <translation>photo.xmp (Lightroom, Capture One)</translation>
  </message>
  <message>
   <source>the one that came along</source>
   <translation>el incluido</translation>
  </message>
  <message>
   <source>{setting}: take it out of these settings</source>
   <translation>{setting}: quitarlo de estos ajustes</translation>
  </message>
 </context>
 <context>
  <name>state</name>
  <message>
   <source>Approved</source>
   <translation>Aprobada</translation>
  </message>
  <message>
   <source>Approved: the model leaves it alone</source>
   <translation>Aprobada: el modelo no la toca</translation>
  </message>
  <message>
   <source>By the model</source>
   <translation>Por el modelo</translation>
  </message>
  <message>
   <source>Captioned by the model</source>
   <translation>Descrita por el modelo</translation>
  </message>
  <message>
   <source>Changed by another program</source>
   <translation>Cambiada por otro programa</translation>
  </message>
  <message>
   <source>Changed by another program, or gone</source>
   <translation>Cambiada por otro programa, o desaparecida</translation>
  </message>
  <message>
   <source>Could not be captioned</source>
   <translation>No se pudo describir</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>Fallida</translation>
  </message>
  <message>
   <source>New</source>
   <translation>Nueva</translation>
  </message>
  <message>
   <source>New: not captioned yet</source>
   <translation>Nueva: aún sin describir</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Rechazada</translation>
  </message>
  <message>
   <source>Rejected: never captioned again</source>
   <translation>Rechazada: no se describe más</translation>
  </message>
  <message>
   <source>Waits for you</source>
   <translation>Le espera</translation>
  </message>
  <message>
   <source>Waits for you to approve it</source>
   <translation>Espera su aprobación</translation>
  </message>
 </context>
 <context>
  <name>texts</name>
  <message>
   <source>approved</source>
   <translation>aprobadas</translation>
  </message>
  <message>
   <source>captioned</source>
   <translation>descritas</translation>
  </message>
  <message>
   <source>cleaned</source>
   <translation>limpiadas</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>editadas</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>fallidas</translation>
  </message>
  <message>
   <source>left alone</source>
   <translation>sin tocar</translation>
  </message>
  <message>
   <source>less than a minute left</source>
   <translation>queda menos de un minuto</translation>
  </message>
  <message>
   <source>put back</source>
   <translation>repuestas</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>rechazadas</translation>
  </message>
  <message>
   <source>unchanged</source>
   <translation>sin cambios</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min left</source>
   <translation>quedan {hours} h {minutes} min</translation>
  </message>
  <message>
   <source>{minutes} min left</source>
   <translation>quedan {minutes} min</translation>
  </message>
  <message>
   <source>{rate} photos/min</source>
   <translation>{rate} fotos/min</translation>
  </message>
  <message>
   <source>{rate} photos/s</source>
   <translation>{rate} fotos/s</translation>
  </message>
 </context>
</TS>
